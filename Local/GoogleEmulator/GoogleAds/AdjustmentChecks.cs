namespace OpsMantik.Local.GoogleEmulator.GoogleAds;

/// <summary>What Google refuses in one adjustment alone.</summary>
/// <param name="account">How the account is set up.</param>
/// <param name="now">No adjustment may be later.</param>
internal sealed class AdjustmentChecks(AdsAccount account, DateTimeOffset now)
{
    private static readonly string[] Adjustable = ["UPLOAD_CLICKS", "UPLOAD_CLICK", "WEBPAGE", "SALESFORCE"];

    /// <summary>The adjustment, or null with every error added to <paramref name="errors"/>.</summary>
    public CheckedAdjustment? Check(int index, AdjustmentRow row, List<GoogleAdsError> errors)
    {
        var before = errors.Count;
        CheckAction(index, row, errors);
        var conversionTime = CheckIdentity(index, row, errors);
        var at = CheckTime(index, row.AdjustmentDateTime, "adjustment_date_time", errors);
        if (at > now)
            errors.Add(AdjustmentErrors.Of("LATER_THAN_MAXIMUM_DATE", index, "adjustment_date_time", row.AdjustmentDateTime));
        if (row.AdjustmentType is AdjustmentType.Unspecified or AdjustmentType.Unknown)
            errors.Add(AdjustmentErrors.Of("REQUIRED", index, "adjustment_type"));
        CheckValue(index, row, errors);
        // Only enhancements have them.
        if (row.UserIdentifiers is not null)
            errors.Add(AdjustmentErrors.Of("VALUE_MUST_BE_UNSET", index, "user_identifiers"));
        if (row.UserAgent is not null)
            errors.Add(AdjustmentErrors.Of("VALUE_MUST_BE_UNSET", index, "user_agent"));
        if (errors.Count > before)
            return null;

        var action = row.ConversionAction!;
        return new(index, row, at!.Value)
        {
            Order = string.IsNullOrEmpty(row.OrderId) ? null : new(action, row.OrderId),
            Click = row.GclidDateTimePair is { } pair ? new(action, pair.Gclid!, conversionTime!.Value.UtcTicks) : null,
        };
    }

    private void CheckAction(int index, AdjustmentRow row, List<GoogleAdsError> errors)
    {
        if (RowChecks.FindActionFault(row.ConversionAction) is { } nameFault)
            errors.Add(AdjustmentErrors.Of(nameFault, index, "conversion_action", row.ConversionAction));
        // Only an action of type WEBPAGE is one for enhancements.
        else if (row.AdjustmentType == AdjustmentType.Enhancement)
            errors.Add(AdjustmentErrors.Of("INVALID_CONVERSION_ACTION_TYPE", index, "conversion_action"));
        else if (account.Actions is { } actions && FindActionFault(row, actions) is { } code)
            errors.Add(AdjustmentErrors.Of(code, index, "conversion_action", row.ConversionAction));
    }

    private static string? FindActionFault(AdjustmentRow row, IReadOnlyList<AdsAction> actions) =>
        actions.FirstOrDefault(action => row.ConversionAction?.EndsWith($"/{action.Id}", StringComparison.Ordinal) is true) switch
        {
            null => "NO_CONVERSION_ACTION_FOUND",
            { } action when !Adjustable.Contains(action.Type) => "INVALID_CONVERSION_ACTION_TYPE",
            { AlwaysUseDefaultValue: true } when row.AdjustmentType == AdjustmentType.Restatement =>
                "CANNOT_RESTATE_CONVERSION_ACTION_THAT_ALWAYS_USES_DEFAULT_CONVERSION_VALUE",
            _ => null,
        };

    private static DateTimeOffset? CheckIdentity(int index, AdjustmentRow row, List<GoogleAdsError> errors)
    {
        if (!string.IsNullOrEmpty(row.OrderId) && PersonalData.IsIn(row.OrderId))
            errors.Add(AdjustmentErrors.Of("ORDER_ID_CONTAINS_PII", index, "order_id"));
        if (row.GclidDateTimePair is not { } pair)
        {
            if (string.IsNullOrEmpty(row.OrderId))
                errors.Add(AdjustmentErrors.Of("REQUIRED", index, "order_id"));
            return null;
        }

        if (!string.IsNullOrEmpty(row.OrderId))
            errors.Add(AdjustmentErrors.Of("GCLID_DATE_TIME_PAIR_AND_ORDER_ID_BOTH_SET", index, null));
        if (string.IsNullOrEmpty(pair.Gclid))
            errors.Add(AdjustmentErrors.Of("REQUIRED", index, "gclid_date_time_pair.gclid"));
        return CheckTime(index, pair.ConversionDateTime, "gclid_date_time_pair.conversion_date_time", errors);
    }

    private static DateTimeOffset? CheckTime(int index, string? text, string field, List<GoogleAdsError> errors)
    {
        if (RowChecks.ReadTime(text) is { } time)
            return time;
        errors.Add(string.IsNullOrEmpty(text)
            ? AdjustmentErrors.Of("REQUIRED", index, field)
            : AdjustmentErrors.Of("INVALID_STRING_DATE_TIME_SECONDS_WITH_OFFSET", index, field, text));
        return null;
    }

    private static void CheckValue(int index, AdjustmentRow row, List<GoogleAdsError> errors)
    {
        const string Field = "restatement_value";
        if (row.AdjustmentType == AdjustmentType.Retraction && row.RestatementValue is not null)
            errors.Add(AdjustmentErrors.Of("VALUE_MUST_BE_UNSET", index, Field));
        if (row.AdjustmentType != AdjustmentType.Restatement)
            return;
        if (row.RestatementValue?.AdjustedValue is not { } value)
        {
            errors.Add(AdjustmentErrors.Of("REQUIRED", index, row.RestatementValue is null ? Field : $"{Field}.adjusted_value"));
            return;
        }

        var currency = row.RestatementValue.CurrencyCode;
        if (RowChecks.FindCurrencyFault(currency) is { } currencyFault)
            errors.Add(AdjustmentErrors.Of(currencyFault, index, $"{Field}.currency_code", currency));
        if (RowChecks.FindAmountFault(value, currency) is { } amountFault)
            errors.Add(AdjustmentErrors.Of(amountFault, index, $"{Field}.adjusted_value"));
    }
}

/// <summary>An adjustment that is well-formed, and what it names its conversion by: order id, or click and time.</summary>
internal sealed record CheckedAdjustment(int Index, AdjustmentRow Row, DateTimeOffset At)
{
    public OrderIdentity? Order { get; init; }

    public ClickIdentity? Click { get; init; }
}
