using System.Collections.Frozen;

namespace OpsMantik.Local.GoogleEmulator.GoogleAds;

/// <summary>The errors of <c>uploadConversionAdjustments</c> by name, with Google's words.</summary>
internal static class AdjustmentErrors
{
    /// <summary>First element of the field path.</summary>
    public const string Rows = "conversion_adjustments";

    private const string Key = "conversionAdjustmentUploadError";
    private const string Moment = "adjustment_date_time";

    private static readonly FrozenDictionary<string, ErrorKind> Kinds = new ErrorKind[]
    {
        new(Key, "TOO_RECENT_CONVERSION_ACTION", "Can't import events to a conversion action that was just created. Try "
            + "importing again in 6 hours.", "conversion_action"),
        new(Key, "CONVERSION_ALREADY_RETRACTED", "The conversion was already retracted. This adjustment was not processed."),
        new(Key, "CONVERSION_NOT_FOUND", "The conversion for this conversion action and conversion identifier can't be found. "
            + "Make sure your conversion identifiers are associated with the correct conversion action and try again."),
        new(Key, "CONVERSION_EXPIRED", "Adjustment can't be made to a conversion that occurred more than 54 days ago."),
        new(Key, "ADJUSTMENT_PRECEDES_CONVERSION", "Adjustment has an `adjustment_date_time` that occurred before the "
            + "associated conversion. Make sure your `adjustment_date_time` is correct and try again.", Moment),
        new(Key, "MORE_RECENT_RESTATEMENT_FOUND", "More recent adjustment `adjustment_date_time` has already been reported for "
            + "the associated conversion. Make sure your adjustment `adjustment_date_time` is correct and try again.", Moment),
        new(Key, "TOO_RECENT_CONVERSION", "Adjustment can't be recorded because the conversion occurred too recently. Try "
            + "adjusting a conversion that occurred at least 24 hours ago."),
        new(Key, "CANNOT_RESTATE_CONVERSION_ACTION_THAT_ALWAYS_USES_DEFAULT_CONVERSION_VALUE", "Can't make an adjustment to a "
            + "conversion that is set up to use the default value. Check your conversion action value setting and try again.",
            "conversion_action"),
        new(Key, "TOO_MANY_ADJUSTMENTS_IN_REQUEST", "Try uploading fewer than 2001 adjustments in a single API request."),
        new(Key, "TOO_MANY_ADJUSTMENTS", "The conversion has already been adjusted the maximum number of times. Make sure "
            + "you're only making necessary adjustment to existing conversion."),
        new(Key, "RESTATEMENT_ALREADY_EXISTS", "The conversion has prior a restatement with the same `adjustment_date_time`. "
            + "Make sure your adjustment has the correct and unique `adjustment_date_time` and try again.", Moment),
        new(Key, "DUPLICATE_ADJUSTMENT_IN_REQUEST", "Imported adjustment has a duplicate conversion adjustment with same "
            + "`adjustment_date_time`. Make sure your adjustment has the correct `adjustment_date_time` and try again.", Moment),
        new(Key, "GCLID_DATE_TIME_PAIR_AND_ORDER_ID_BOTH_SET", "Cannot set both gclid_date_time_pair and order_id. Use only 1 "
            + "type and try again."),
        new(Key, "ORDER_ID_CONTAINS_PII", "Can't use adjustment with Order IDs containing personally-identifiable information "
            + "(PII).", "order_id"),
        new(Key, "NO_CONVERSION_ACTION_FOUND", "The conversion action specified in the adjustment request cannot be found. Make "
            + "sure it's available in this account.", "conversion_action"),
        new(Key, "INVALID_CONVERSION_ACTION_TYPE", "The type of the conversion action specified in the adjustment request isn't "
            + "supported for uploading adjustments.", "conversion_action"),
    }.ToFrozenDictionary(kind => kind.Code);

    /// <summary>The kind of that name; a name that no enum lists counts as one of this service.</summary>
    public static ErrorKind Find(string code) =>
        Kinds.TryGetValue(code, out var own) ? own
        : ErrorCatalog.Contains(code) ? ErrorCatalog.Find(code)
        : new ErrorKind(Key, code, "The adjustment could not be processed.");

    /// <summary>Null for a name that this service does not give.</summary>
    public static ErrorKind? FindOwn(string code) => Kinds.GetValueOrDefault(code);

    public static GoogleAdsError Of(string code, int index, string? field, string? trigger = null) =>
        new(Find(code), index, field, trigger) { Rows = Rows, Quota = QuotaDetails.ForRow(code) };
}
