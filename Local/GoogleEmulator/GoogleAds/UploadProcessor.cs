using System.Globalization;
using System.Text.Json;

namespace OpsMantik.Local.GoogleEmulator.GoogleAds;

/// <summary>Decides a well-formed request: counts what Google would count and writes Google's answer.</summary>
internal sealed class UploadProcessor(Recording recording)
{
    public const int MaxConversions = 2_000;

    public Answer Process(UploadRequest request, UploadCall call)
    {
        if (request.Conversions.Count > MaxConversions)
            return UploadAnswers.Refuse(RequestFault.InvalidArgument("TOO_MANY_CONVERSIONS_IN_REQUEST"), call);
        if (request.Conversions.Count == 0)
            return UploadAnswers.Refuse(RequestFault.InvalidArgument("REQUIRED_FIELD_MISSING"), call);

        List<GoogleError> errors = [];
        List<CheckedRow> sound = new(request.Conversions.Count);
        for (var i = 0; i < request.Conversions.Count; i++)
            if (RowChecks.Check(i, request.Conversions[i], errors) is { } row)
                sound.Add(row);

        // Without partial failure one bad row refuses them all, so first look and only then count.
        var ledger = recording.LedgerOf(call.CustomerId);
        if (!request.PartialFailure)
        {
            AddErrors(sound, ledger.Decide(sound, validateOnly: true), errors);
            if (errors.Count > 0)
                return UploadAnswers.Refuse(RequestFault.InvalidArgument([.. errors]), call);
        }

        var codes = ledger.Decide(sound, request.ValidateOnly);
        AddErrors(sound, codes, errors);
        var counted = new ConversionRow?[request.Conversions.Count];
        if (!request.ValidateOnly)
            Count(sound, codes, counted, call.CustomerId);
        errors.Sort((a, b) => Comparer<int?>.Default.Compare(a.Index, b.Index));
        return UploadAnswers.Upload(request, counted, errors, call);
    }

    private static void AddErrors(List<CheckedRow> rows, string?[] codes, List<GoogleError> errors)
    {
        for (var i = 0; i < codes.Length; i++)
        {
            if (codes[i] is not { } code)
                continue;
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
            if (codes[i] is not null)
                continue;
            var row = rows[i].Row;
            counted[rows[i].Index] = row;
            recording.Add(new AcceptedConversion(customerId, row.ConversionAction!, row.OrderId, rows[i].ClickField,
                rows[i].Click.ClickId, row.ConversionDateTime!, row.ConversionValue, row.CurrencyCode, row.Consent));
        }
    }
}

/// <summary>Google's <c>UploadClickConversionsResponse</c> and its refusals.</summary>
internal static class UploadAnswers
{
    public static Answer Refuse(RequestFault fault, UploadCall call) => Answer.Json(
        fault.HttpStatus, json => FailureWriter.WriteRequestFault(json, fault, call.ApiVersion, call.RequestId));

    /// <param name="request">What was asked.</param>
    /// <param name="counted">One per conversion; null where it was not counted.</param>
    /// <param name="errors">By index; none when all went well.</param>
    /// <param name="call">Names version and request id.</param>
    public static Answer Upload(
        UploadRequest request, ConversionRow?[] counted, List<GoogleError> errors, UploadCall call) =>
        Answer.Json(200, json =>
        {
            json.WriteStartObject();
            if (errors.Count > 0)
                FailureWriter.WritePartialFailure(json, errors, call.ApiVersion, call.RequestId);
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

    private static void WriteResult(Utf8JsonWriter json, ConversionRow? row)
    {
        json.WriteStartObject();
        if (row is not null)
        {
            var (field, value) = row.Click;
            json.WriteString(field!, value);
            json.WriteString("conversionAction", row.ConversionAction);
            json.WriteString("conversionDateTime", row.ConversionDateTime);
        }

        json.WriteEndObject();
    }
}

/// <summary>
/// An error that a click id asks for, so that a sample file can drive the emulator: <c>err-EXPIRED_EVENT-17</c> fails
/// with that enum every time, <c>once-INTERNAL_ERROR-17</c> only the first time.
/// </summary>
internal readonly record struct ScriptedError(string Code, bool Once)
{
    public static ScriptedError? Read(string clickId) =>
        CodeAfter("err-", clickId) is { } always ? new(always, Once: false)
        : CodeAfter("once-", clickId) is { } once ? new(once, Once: true)
        : null;

    /// <summary>The enum name after a mark; null when the mark is not there.</summary>
    public static string? CodeAfter(string mark, string clickId)
    {
        var start = clickId.IndexOf(mark, StringComparison.Ordinal);
        if (start < 0)
            return null;
        start += mark.Length;
        var end = start;
        while (end < clickId.Length && (char.IsAsciiLetterUpper(clickId[end]) || clickId[end] == '_'))
            end++;
        return end == start ? null : clickId[start..end];
    }
}
