using OpsMantik.Local.GoogleEmulator.Errors;

namespace OpsMantik.Local.GoogleEmulator.Uploads;

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
