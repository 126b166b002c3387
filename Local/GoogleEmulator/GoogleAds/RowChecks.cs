using System.Globalization;
using System.Text.RegularExpressions;

namespace OpsMantik.Local.GoogleEmulator.GoogleAds;

/// <summary>What Google refuses in one conversion alone.</summary>
/// <param name="clicks">When the known clicks were.</param>
/// <param name="identifierError">What the account refuses hashed identifiers with; null when it takes them.</param>
/// <param name="now">A conversion may not be later.</param>
internal sealed partial class RowChecks(ClickTimes clicks, string? identifierError, DateTimeOffset now)
{
    /// <summary>
    /// The row and what it is recognised by, or null with every error added to <paramref name="errors"/> when it cannot
    /// be recognised.
    /// </summary>
    public CheckedRow? Check(int index, ConversionRow row, List<GoogleAdsError> errors)
    {
        var before = errors.Count;
        CheckClickIdCount(index, row, errors);
        if (FindActionFault(row.ConversionAction) is { } code)
            errors.Add(Error(code, index, "conversion_action", code == "REQUIRED" ? null : row.ConversionAction));
        var time = CheckTime(index, row.ConversionDateTime, errors);
        var valid = errors.Count == before;
        CheckValues(index, row, valid ? time : null, errors);
        if (!valid)
            return null;

        var (field, click) = row.Subject;
        var action = row.ConversionAction!;
        var order = string.IsNullOrEmpty(row.OrderId) ? (OrderIdentity?)null : new(action, row.OrderId);
        CheckedRow found = new(index, row, new(action, click!, time!.Value.UtcTicks), order) { ClickField = field! };
        if (errors.Count == before)
            return found;
        // Kept with the row: an error that the click id asks for comes first.
        found = found with { Faults = errors[before..] };
        errors.RemoveRange(before, errors.Count - before);
        return found;
    }

    private static void CheckClickIdCount(int index, ConversionRow row, List<GoogleAdsError> errors)
    {
        var gclid = !string.IsNullOrEmpty(row.Gclid);
        var gbraid = !string.IsNullOrEmpty(row.Gbraid);
        var wbraid = !string.IsNullOrEmpty(row.Wbraid);
        if (gbraid && wbraid)
            errors.Add(Error("GBRAID_WBRAID_BOTH_SET", index, null));
        else if (gclid && (gbraid || wbraid))
            errors.Add(Error("VALUE_MUST_BE_UNSET", index, gbraid ? "gbraid" : "wbraid"));
        else if (row.Subject.Field is null)
            errors.Add(Error("REQUIRED", index, "gclid"));
    }

    /// <summary>Enum name of what is wrong with the name of a conversion action; null for nothing.</summary>
    public static string? FindActionFault(string? action) =>
        string.IsNullOrEmpty(action) ? "REQUIRED" : ActionName().IsMatch(action) ? null : "RESOURCE_NAME_MALFORMED";

    /// <summary>Null for what is no time in Google's form.</summary>
    public static DateTimeOffset? ReadTime(string? text) =>
        // ParseExact alone takes an offset without its sign or minutes.
        text is not null && Time().IsMatch(text) && DateTimeOffset.TryParseExact(
            text, "yyyy-MM-dd HH:mm:sszzz", CultureInfo.InvariantCulture, DateTimeStyles.None, out var time)
            ? time
            : null;

    private static DateTimeOffset? CheckTime(int index, string? text, List<GoogleAdsError> errors)
    {
        if (ReadTime(text) is { } time)
            return time;
        errors.Add(string.IsNullOrEmpty(text)
            ? Error("REQUIRED", index, "conversion_date_time")
            : Error("INVALID_STRING_DATE_TIME_SECONDS_WITH_OFFSET", index, "conversion_date_time", text));
        return null;
    }

    private void CheckValues(int index, ConversionRow row, DateTimeOffset? time, List<GoogleAdsError> errors)
    {
        var (field, click) = row.Click;
        if (click is not null && !ClickIdText.CanBeDecoded(click))
            errors.Add(Error($"UNPARSEABLE_{field!.ToUpperInvariant()}", index, field, click));
        if (click is not null && time < clicks.Find(click))
            errors.Add(Error("CONVERSION_PRECEDES_EVENT", index, "conversion_date_time", row.ConversionDateTime));
        // Inference: the enum has no value for it; of those that the API documents this one says it.
        if (time > now)
            errors.Add(Error("LATER_THAN_MAXIMUM_DATE", index, "conversion_date_time", row.ConversionDateTime));
        if (FindCurrencyFault(row.CurrencyCode) is { } currencyFault)
            errors.Add(Error(currencyFault, index, "currency_code", row.CurrencyCode));
        if (FindAmountFault(row.ConversionValue, row.CurrencyCode) is { } amountFault)
            errors.Add(Error(amountFault, index, "conversion_value"));
        if (!string.IsNullOrEmpty(row.OrderId) && PersonalData.IsIn(row.OrderId))
            errors.Add(Error("ORDER_ID_CONTAINS_PII", index, "order_id"));
        if (row.UserIdentifiers.Count == 0)
            return;
        if (identifierError is not null)
            errors.Add(Error(identifierError, index, "user_identifiers"));
        else
            IdentifierChecks.Check(index, row.UserIdentifiers, errors);
    }

    /// <summary>Enum name of what is wrong with a currency; null for nothing.</summary>
    public static string? FindCurrencyFault(string? currency) =>
        string.IsNullOrEmpty(currency) || Currencies.Contains(currency) ? null : "UNSUPPORTED";

    /// <summary>Enum name of what is wrong with an amount (inference: Google documents none); null for nothing.</summary>
    public static string? FindAmountFault(decimal? amount, string? currency) =>
        amount < 0 ? "TOO_LOW"
        : amount is { } value && !string.IsNullOrEmpty(currency) && !Currencies.CanExpress(currency, value) ? "INVALID_VALUE"
        : null;

    private static GoogleAdsError Error(string code, int index, string? field, string? trigger = null) =>
        new(ErrorCatalog.Find(code), index, field, trigger);

    [GeneratedRegex(@"\A[0-9]{4}-[0-9]{2}-[0-9]{2} [0-9]{2}:[0-9]{2}:[0-9]{2}[+-][0-9]{2}:[0-9]{2}\z")]
    private static partial Regex Time();

    [GeneratedRegex(@"\Acustomers/[0-9]{1,19}/conversionActions/[0-9]{1,19}\z")]
    private static partial Regex ActionName();
}

/// <summary>What Google refuses in a conversion's hashed identifiers.</summary>
internal static class IdentifierChecks
{
    private const string Field = "user_identifiers";
    private const int MaxIdentifiers = 5;

    // No error has a trigger: the value may be an address or a telephone number in the clear.
    public static void Check(int index, IReadOnlyList<UserIdentifier> identifiers, List<GoogleAdsError> errors)
    {
        // Inference: the limit is documented, its error is not; this is the API's for any list that is too long.
        if (identifiers.Count > MaxIdentifiers)
            errors.Add(new(ErrorCatalog.Find("TOO_MANY"), index, Field));
        for (var i = 0; i < identifiers.Count; i++)
            if (Find(identifiers[i]) is { } code)
                errors.Add(new(ErrorCatalog.Find(code), index, Field) { FieldIndex = i });
    }

    private static string? Find(UserIdentifier identifier) =>
        identifier.IsUnsupported ? "UNSUPPORTED_USER_IDENTIFIER"
        : identifier.HashedEmail is null == identifier.HashedPhoneNumber is null
            || !PersonalData.IsSha256(identifier.Hash!) ? "INVALID_USER_IDENTIFIER"
        : null;
}

/// <summary>A conversion, and what it is recognised by.</summary>
internal sealed record CheckedRow(int Index, ConversionRow Row, ClickIdentity Click, OrderIdentity? Order)
{
    /// <summary>Field that holds the click id, or the identifiers where there is none.</summary>
    public required string ClickField { get; init; }

    /// <summary>What is wrong with its values; none: it may be counted.</summary>
    public IReadOnlyList<GoogleAdsError> Faults { get; init; } = [];
}
