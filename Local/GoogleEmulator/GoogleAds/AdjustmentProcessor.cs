using System.Globalization;
using System.Text.Json;

namespace OpsMantik.Local.GoogleEmulator.GoogleAds;

/// <summary>Processes a well-formed request of adjustments: corrects what Google would correct and writes its answer.</summary>
internal sealed class AdjustmentProcessor(Recording recording, DateTimeOffset now)
{
    private const int MaxAdjustments = 2_000;

    public Answer Process(AdjustmentRequest request, UploadCall call)
    {
        var rows = request.ConversionAdjustments;
        if (rows.Count is 0 or > MaxAdjustments)
            return Refuse(call, new GoogleAdsError(AdjustmentErrors.Find(
                rows.Count == 0 ? "REQUIRED_FIELD_MISSING" : "TOO_MANY_ADJUSTMENTS_IN_REQUEST")));

        List<GoogleAdsError> errors = [];
        List<CheckedAdjustment> valid = new(rows.Count);
        var account = recording.Accounts.GetValueOrDefault(call.CustomerId) ?? new AdsAccount();
        AdjustmentChecks checks = new(account, now);
        for (var i = 0; i < rows.Count; i++)
            if (checks.Check(i, rows[i], errors) is { } row)
                valid.Add(row);

        // Without partial failure one bad row refuses them all, so decide on them all before changing any.
        var ledger = recording.LedgerOf(call.CustomerId);
        if (!request.PartialFailure)
        {
            AddErrors(valid, ledger.Adjust(valid, now, validateOnly: true), errors);
            if (errors.Count > 0)
                return Refuse(call, [.. errors]);
        }

        var codes = ledger.Adjust(valid, now, request.ValidateOnly);
        AddErrors(valid, codes, errors);
        errors.Sort((a, b) => Comparer<int?>.Default.Compare(a.Index, b.Index));
        var taken = valid.Where((_, i) => codes[i] is null).ToDictionary(row => row.Index, row => row.Row);
        return Write(request, taken, errors, call);
    }

    private static Answer Refuse(UploadCall call, params IReadOnlyList<GoogleAdsError> errors) =>
        ErrorWriter.Write(ErrorResponse.InvalidArgument(errors), call.ApiVersion, call.RequestId);

    private static void AddErrors(List<CheckedAdjustment> rows, string?[] codes, List<GoogleAdsError> errors)
    {
        for (var i = 0; i < codes.Length; i++)
            if (codes[i] is { } code)
                errors.Add(AdjustmentErrors.Of(code, rows[i].Index, AdjustmentErrors.Find(code).Field));
    }

    /// <summary>Google's <c>UploadConversionAdjustmentsResponse</c>.</summary>
    private static Answer Write(
        AdjustmentRequest request, Dictionary<int, AdjustmentRow> taken, List<GoogleAdsError> errors, UploadCall call) =>
        Answer.Json(200, json =>
        {
            json.WriteStartObject();
            if (errors.Count > 0)
                ErrorWriter.WritePartialFailure(json, errors, call);
            if (!request.ValidateOnly)
            {
                json.WriteStartArray("results");
                for (var i = 0; i < request.ConversionAdjustments.Count; i++)
                    WriteResult(json, taken.GetValueOrDefault(i));
                json.WriteEndArray();
            }

            // An int64, and so a string in proto3 JSON.
            if (request.JobId is { } job)
                json.WriteString("jobId", job.ToString(CultureInfo.InvariantCulture));
            json.WriteEndObject();
        });

    private static void WriteResult(Utf8JsonWriter json, AdjustmentRow? row)
    {
        json.WriteStartObject();
        if (row is not null)
        {
            if (row.GclidDateTimePair is { } pair)
            {
                json.WriteStartObject("gclidDateTimePair");
                json.WriteString("gclid", pair.Gclid);
                json.WriteString("conversionDateTime", pair.ConversionDateTime);
                json.WriteEndObject();
            }
            else
            {
                json.WriteString("orderId", row.OrderId);
            }

            json.WriteString("conversionAction", row.ConversionAction);
            json.WriteString("adjustmentDateTime", row.AdjustmentDateTime);
            json.WriteString("adjustmentType", row.AdjustmentType == AdjustmentType.Retraction ? "RETRACTION" : "RESTATEMENT");
        }

        json.WriteEndObject();
    }
}
