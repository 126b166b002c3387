using System.Globalization;
using System.Text.Json;

namespace OpsMantik.Local.GoogleEmulator.GoogleAds;

/// <summary>Processes a well-formed request: counts what Google would count and writes Google's answer.</summary>
internal sealed class UploadProcessor(Recording recording, DateTimeOffset now)
{
    public const int MaxConversions = 2_000;

    public Answer Process(UploadRequest request, UploadCall call)
    {
        if (request.Conversions.Count > MaxConversions)
            return ErrorWriter.Write(ErrorResponse.InvalidArgument("TOO_MANY_CONVERSIONS_IN_REQUEST"), call.ApiVersion, call.RequestId);
        if (request.Conversions.Count == 0)
            return ErrorWriter.Write(ErrorResponse.InvalidArgument("REQUIRED_FIELD_MISSING"), call.ApiVersion, call.RequestId);

        // The field's comment begins the range at 0, the error's at 1.
        if (request.JobId < 1)
            return ErrorWriter.Write(ErrorResponse.InvalidArgument("INVALID_JOB_ID"), call.ApiVersion, call.RequestId);

        List<GoogleAdsError> errors = [];
        List<CheckedRow> valid = new(request.Conversions.Count);
        RowChecks checks = new(recording.Clicks, recording.IdentifierErrors.GetValueOrDefault(call.CustomerId), now);
        for (var i = 0; i < request.Conversions.Count; i++)
            if (checks.Check(i, request.Conversions[i], errors) is { } row)
                valid.Add(row);

        // Without partial failure one bad row refuses them all, so check them all before counting any.
        var ledger = recording.LedgerOf(call.CustomerId);
        if (!request.PartialFailure)
        {
            AddErrors(valid, ledger.Decide(valid, validateOnly: true), errors);
            if (errors.Count > 0)
                return ErrorWriter.Write(ErrorResponse.InvalidArgument([.. errors]), call.ApiVersion, call.RequestId);
        }

        var codes = ledger.Decide(valid, request.ValidateOnly);
        AddErrors(valid, codes, errors);
        var counted = new ConversionRow?[request.Conversions.Count];
        if (!request.ValidateOnly)
            Count(valid, codes, counted, call.CustomerId);
        errors.Sort((a, b) => Comparer<int?>.Default.Compare(a.Index, b.Index));
        if (!request.ValidateOnly)
            recording.HistoryOf(call.CustomerId).Add(request, errors, now);
        return UploadResponseWriter.Write(request, counted, errors, call);
    }

    private static void AddErrors(List<CheckedRow> rows, string?[] codes, List<GoogleAdsError> errors)
    {
        for (var i = 0; i < codes.Length; i++)
        {
            if (codes[i] is not { } code)
            {
                errors.AddRange(rows[i].Faults);
                continue;
            }

            var kind = ErrorCatalog.Find(code);
            var (field, trigger) = kind.Field switch
            {
                ErrorKind.ClickId => (rows[i].ClickField, rows[i].Click.ClickId),
                "order_id" => (kind.Field, rows[i].Row.OrderId),
                _ => (kind.Field, null),
            };
            errors.Add(new(kind, rows[i].Index, field, trigger) { Quota = QuotaDetails.ForRow(code) });
        }
    }

    private void Count(List<CheckedRow> rows, string?[] codes, ConversionRow?[] counted, string customerId)
    {
        for (var i = 0; i < codes.Length; i++)
        {
            if (codes[i] is not null || rows[i].Faults.Count > 0)
                continue;
            var row = rows[i].Row;
            counted[rows[i].Index] = row;
            var (field, click) = row.Click;
            recording.Add(new AcceptedConversion(
                customerId, row.ConversionAction!, row.OrderId, field, click, row.ConversionDateTime!, row.ConversionValue,
                row.CurrencyCode, row.Consent, row.UserIdentifiers.Count));
        }
    }
}

/// <summary>Google's <c>UploadClickConversionsResponse</c>.</summary>
internal static class UploadResponseWriter
{
    /// <param name="request">What was sent.</param>
    /// <param name="counted">One per conversion; null where it was not counted.</param>
    /// <param name="errors">By index; none when every row was counted.</param>
    /// <param name="call">Names version and request id.</param>
    public static Answer Write(
        UploadRequest request, ConversionRow?[] counted, List<GoogleAdsError> errors, UploadCall call) =>
        Answer.Json(200, json =>
        {
            json.WriteStartObject();
            if (errors.Count > 0)
                ErrorWriter.WritePartialFailure(json, errors, call);
            if (!request.ValidateOnly)
            {
                json.WriteStartArray("results");
                foreach (var row in counted)
                    WriteResult(json, row);
                json.WriteEndArray();
            }

            // An int64, and so a string in proto3 JSON.
            if (request.JobId is { } job)
                json.WriteString("jobId", job.ToString(CultureInfo.InvariantCulture));
            json.WriteEndObject();
        });

    private static void WriteIdentifiers(Utf8JsonWriter json, IReadOnlyList<UserIdentifier> identifiers)
    {
        if (identifiers.Count == 0)
            return;
        json.WriteStartArray("userIdentifiers");
        foreach (var identifier in identifiers)
        {
            json.WriteStartObject();
            json.WriteString(identifier.HashedEmail is null ? "hashedPhoneNumber" : "hashedEmail", identifier.Hash);
            json.WriteEndObject();
        }

        json.WriteEndArray();
    }

    private static void WriteResult(Utf8JsonWriter json, ConversionRow? row)
    {
        json.WriteStartObject();
        if (row is not null)
        {
            var (field, value) = row.Click;
            if (field is not null)
                json.WriteString(field, value);
            WriteIdentifiers(json, row.UserIdentifiers);
            json.WriteString("conversionAction", row.ConversionAction);
            json.WriteString("conversionDateTime", row.ConversionDateTime);
        }

        json.WriteEndObject();
    }
}
