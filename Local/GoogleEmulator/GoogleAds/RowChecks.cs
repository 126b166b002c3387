using System.Globalization;
using System.Text.RegularExpressions;

namespace OpsMantik.Local.GoogleEmulator.GoogleAds;

/// <summary>What Google refuses in one conversion alone.</summary>
internal static partial class RowChecks
{
    /// <summary>The valid row, or null with every error added to <paramref name="errors"/>.</summary>
    public static CheckedRow? Check(int index, ConversionRow row, List<GoogleAdsError> errors)
    {
        var before = errors.Count;
        CheckClickId(index, row, errors);
        CheckAction(index, row.ConversionAction, errors);
        var time = CheckTime(index, row.ConversionDateTime, errors);
        if (!string.IsNullOrEmpty(row.CurrencyCode) && !Currency().IsMatch(row.CurrencyCode))
            errors.Add(Error("UNSUPPORTED", index, "currency_code", row.CurrencyCode));
        if (errors.Count > before)
            return null;

        var (field, click) = row.Click;
        var action = row.ConversionAction!;
        var order = string.IsNullOrEmpty(row.OrderId) ? (OrderIdentity?)null : new(action, row.OrderId);
        return new(index, row, new(action, click!, time.UtcTicks), order) { ClickField = field! };
    }

    private static void CheckClickId(int index, ConversionRow row, List<GoogleAdsError> errors)
    {
        var gclid = !string.IsNullOrEmpty(row.Gclid);
        var gbraid = !string.IsNullOrEmpty(row.Gbraid);
        var wbraid = !string.IsNullOrEmpty(row.Wbraid);
        if (gbraid && wbraid)
            errors.Add(Error("GBRAID_WBRAID_BOTH_SET", index, null, null));
        else if (gclid && (gbraid || wbraid))
            errors.Add(Error("VALUE_MUST_BE_UNSET", index, gbraid ? "gbraid" : "wbraid", null));
        else if (!gclid && !gbraid && !wbraid)
            errors.Add(Error("REQUIRED", index, "gclid", null));
    }

    private static void CheckAction(int index, string? action, List<GoogleAdsError> errors)
    {
        if (string.IsNullOrEmpty(action))
            errors.Add(Error("REQUIRED", index, "conversion_action", null));
        else if (!Action().IsMatch(action))
            errors.Add(Error("RESOURCE_NAME_MALFORMED", index, "conversion_action", action));
    }

    private static DateTimeOffset CheckTime(int index, string? text, List<GoogleAdsError> errors)
    {
        // ParseExact alone takes an offset without its sign or minutes.
        if (text is not null && Time().IsMatch(text) && DateTimeOffset.TryParseExact(
            text, "yyyy-MM-dd HH:mm:sszzz", CultureInfo.InvariantCulture, DateTimeStyles.None, out var time))
            return time;
        errors.Add(string.IsNullOrEmpty(text)
            ? Error("REQUIRED", index, "conversion_date_time", null)
            : Error("INVALID_STRING_DATE_TIME_SECONDS_WITH_OFFSET", index, "conversion_date_time", text));
        return default;
    }

    private static GoogleAdsError Error(string code, int index, string? field, string? trigger) =>
        new(ErrorCatalog.Find(code), index, field, trigger);

    [GeneratedRegex(@"\A[0-9]{4}-[0-9]{2}-[0-9]{2} [0-9]{2}:[0-9]{2}:[0-9]{2}[+-][0-9]{2}:[0-9]{2}\z")]
    private static partial Regex Time();

    [GeneratedRegex(@"\Acustomers/[0-9]{1,19}/conversionActions/[0-9]{1,19}\z")]
    private static partial Regex Action();

    [GeneratedRegex(@"\A[A-Z]{3}\z")]
    private static partial Regex Currency();
}

/// <summary>A conversion with valid fields, and what it is recognised by.</summary>
internal sealed record CheckedRow(int Index, ConversionRow Row, ClickIdentity Click, OrderIdentity? Order)
{
    /// <summary>Field that holds the click id.</summary>
    public required string ClickField { get; init; }
}
