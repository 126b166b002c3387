using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.RegularExpressions;

namespace OpsMantik.Local.GoogleEmulator.GoogleAds;

/// <summary>What Google refuses by looking at one conversion alone.</summary>
internal static partial class RowChecks
{
    /// <summary>The sound row, or null with every fault added to <paramref name="errors"/>.</summary>
    public static CheckedRow? Check(int index, ConversionRow row, List<GoogleError> errors)
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

    private static void CheckClickId(int index, ConversionRow row, List<GoogleError> errors)
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

    private static void CheckAction(int index, string? action, List<GoogleError> errors)
    {
        if (string.IsNullOrEmpty(action))
            errors.Add(Error("REQUIRED", index, "conversion_action", null));
        else if (!Action().IsMatch(action))
            errors.Add(Error("RESOURCE_NAME_MALFORMED", index, "conversion_action", action));
    }

    private static DateTimeOffset CheckTime(int index, string? text, List<GoogleError> errors)
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

    private static GoogleError Error(string code, int index, string? field, string? trigger) =>
        new(ErrorCatalog.Find(code), index, field, trigger);

    [GeneratedRegex(@"\A[0-9]{4}-[0-9]{2}-[0-9]{2} [0-9]{2}:[0-9]{2}:[0-9]{2}[+-][0-9]{2}:[0-9]{2}\z")]
    private static partial Regex Time();

    [GeneratedRegex(@"\Acustomers/[0-9]{1,19}/conversionActions/[0-9]{1,19}\z")]
    private static partial Regex Action();

    [GeneratedRegex(@"\A[A-Z]{3}\z")]
    private static partial Regex Currency();
}

/// <summary>A conversion whose fields are sound, with what it is recognised by.</summary>
internal sealed record CheckedRow(int Index, ConversionRow Row, ClickIdentity Click, OrderIdentity? Order)
{
    /// <summary>Field that holds the click id.</summary>
    public required string ClickField { get; init; }
}

/// <summary>Google's <c>ClickConversion</c>. What the emulator does not judge is listed all the same: Google knows it.</summary>
internal sealed record ConversionRow
{
    public string? Gclid { get; init; }

    public string? Gbraid { get; init; }

    public string? Wbraid { get; init; }

    public string? ConversionAction { get; init; }

    public string? ConversionDateTime { get; init; }

    // Decimal keeps the digits that were sent, where a double would hide a drift.
    public decimal? ConversionValue { get; init; }

    public string? CurrencyCode { get; init; }

    public string? OrderId { get; init; }

    public SentConsent? Consent { get; init; }

    public JsonElement? ExternalAttributionData { get; init; }

    public JsonElement? CustomVariables { get; init; }

    public JsonElement? CartData { get; init; }

    public JsonElement? UserIdentifiers { get; init; }

    public JsonElement? ConversionEnvironment { get; init; }

    public JsonElement? SessionAttributesEncoded { get; init; }

    public JsonElement? SessionAttributesKeyValuePairs { get; init; }

    public JsonElement? CustomerType { get; init; }

    public JsonElement? UserIpAddress { get; init; }

    /// <summary>The field that holds the click id, its value, or two nulls.</summary>
    [JsonIgnore]
    public (string? Field, string? Value) Click =>
        !string.IsNullOrEmpty(Gclid) ? ("gclid", Gclid)
        : !string.IsNullOrEmpty(Gbraid) ? ("gbraid", Gbraid)
        : !string.IsNullOrEmpty(Wbraid) ? ("wbraid", Wbraid)
        : (null, null);
}
