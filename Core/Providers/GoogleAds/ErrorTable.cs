using System.Collections.Frozen;
using OpsMantik.Core.Conversions;
using static OpsMantik.Core.Providers.ErrorClass;

namespace OpsMantik.Core.Providers.GoogleAds;

/// <summary>
/// Google Ads error enums (v25) by what they mean for a row. Names come from errors/conversion_upload_error.proto and
/// its siblings; the classes are our reading of the comments there.
/// </summary>
internal static class ErrorTable
{
    private static readonly FrozenDictionary<string, ErrorClass> ByName = new (ErrorClass Class, string[] Names)[]
    {
        (AlreadyCounted, ["CLICK_CONVERSION_ALREADY_EXISTS"]),
        (OrderIdTaken, ["ORDER_ID_ALREADY_IN_USE"]),
        (WaitForEvent, ["TOO_RECENT_EVENT", "TOO_RECENT_CONVERSION_ACTION"]),
        (DuplicateInRequest, ["DUPLICATE_ORDER_ID", "DUPLICATE_CLICK_CONVERSION_IN_REQUEST"]),
        (RateLimit, ["RESOURCE_EXHAUSTED", "RESOURCE_TEMPORARILY_EXHAUSTED"]),
        (Transient,
        [
            "UNSPECIFIED", "UNKNOWN", "INTERNAL_ERROR", "TRANSIENT_ERROR", "DEADLINE_EXCEEDED",
            "ERROR_CODE_NOT_PUBLISHED", "CONCURRENT_MODIFICATION", "DATA_CONSTRAINT_VIOLATION",
            // The next claim may well be smaller.
            "TOO_MANY_CONVERSIONS_IN_REQUEST", "REQUEST_TOO_LARGE",
        ]),
        (Permanent,
        [
            "UNPARSEABLE_GCLID", "UNPARSEABLE_GBRAID", "UNPARSEABLE_WBRAID", "GBRAID_WBRAID_BOTH_SET",
            "CONVERSION_TRACKING_NOT_ENABLED_AT_IMPRESSION_TIME", "CUSTOM_VARIABLE_VALUE_CONTAINS_PII",
            "CONVERSION_NOT_COMPLIANT_WITH_ATT_POLICY", "CLICK_NOT_FOUND", "EVENT_NOT_FOUND",
            "INVALID_USER_IDENTIFIER", "UNSUPPORTED_USER_IDENTIFIER", "CONVERSION_PRECEDES_EVENT", "EXPIRED_EVENT",
            "ORDER_ID_CONTAINS_PII", "INVALID_STRING_DATE_TIME_SECONDS_WITH_OFFSET", "REQUIRED_FIELD_MISSING",
            "RPC_DEADLINE_TOO_SHORT",
            // Call conversions, which we never send.
            "TOO_RECENT_CALL", "EXPIRED_CALL", "CALL_NOT_FOUND", "CONVERSION_PRECEDES_CALL",
            "CONVERSION_TRACKING_NOT_ENABLED_AT_CALL_TIME", "UNPARSEABLE_CALLERS_PHONE_NUMBER",
            "CALL_CONVERSION_ALREADY_EXISTS", "DUPLICATE_CALL_CONVERSION_IN_REQUEST", "INVALID_CUSTOMER_FOR_CALL",
        ]),
        (Configuration,
        [
            "UNAUTHORIZED_CUSTOMER", "INVALID_CUSTOMER_FOR_CLICK", "INVALID_CUSTOMER_ID", "CUSTOM_VARIABLE_NOT_ENABLED", "INVALID_JOB_ID",
            "EXTERNAL_ATTRIBUTION_DATA_SET_FOR_NON_EXTERNALLY_ATTRIBUTED_CONVERSION_ACTION",
            "EXTERNAL_ATTRIBUTION_DATA_NOT_SET_FOR_EXTERNALLY_ATTRIBUTED_CONVERSION_ACTION",
            "ORDER_ID_NOT_PERMITTED_FOR_EXTERNALLY_ATTRIBUTED_CONVERSION_ACTION",
            "EXTERNALLY_ATTRIBUTED_CONVERSION_ACTION_NOT_PERMITTED_WITH_USER_IDENTIFIER",
            "ONE_PER_CLICK_CONVERSION_ACTION_NOT_PERMITTED_WITH_BRAID",
            "CUSTOMER_DATA_POLICY_PROHIBITS_ENHANCED_CONVERSIONS", "CUSTOMER_NOT_ACCEPTED_CUSTOMER_DATA_TERMS",
            "CUSTOMER_NOT_ENABLED_ENHANCED_CONVERSIONS_FOR_LEADS", "NO_CONVERSION_ACTION_FOUND",
            "INVALID_CONVERSION_ACTION_TYPE", "ACCESS_PROHIBITED", "INVALID_LOGIN_CUSTOMER_ID",
            "INVALID_LINKED_CUSTOMER_ID", ErrorRemedy.NotAllowlisted, ErrorRemedy.UnsupportedVersion,
        ]),
    }
    .SelectMany(group => group.Names, (group, name) => (group.Class, name))
    .ToFrozenDictionary(entry => entry.name, entry => entry.Class, StringComparer.Ordinal);

    /// <summary>
    /// For names that are not listed themselves, the enum they belong to: whole families mean one thing.
    /// </summary>
    private static readonly FrozenDictionary<string, ErrorClass> ByFamily = new Dictionary<string, ErrorClass>
    {
        ["authenticationError"] = Auth,
        ["authorizationError"] = Auth,
        ["headerError"] = Configuration,
        ["notAllowlistedError"] = Configuration,
        ["quotaError"] = RateLimit,
        ["dateError"] = Permanent,
        ["fieldError"] = Permanent,
        ["rangeError"] = Permanent,
        ["stringFormatError"] = Permanent,
        ["stringLengthError"] = Permanent,
    }.ToFrozenDictionary(StringComparer.Ordinal);

    /// <summary>Every listed name, for tests and documents.</summary>
    public static IReadOnlyDictionary<string, ErrorClass> All => ByName;

    /// <summary>
    /// Null for a name that Google has added since: the caller decides, knowing whether one row or a whole request met
    /// it.
    /// </summary>
    /// <param name="family">The member of errorCode, as <c>conversionUploadError</c>.</param>
    /// <param name="name">Its value, as <c>TOO_RECENT_EVENT</c>.</param>
    public static ErrorClass? Find(string family, string name) =>
        AdjustmentErrorTable.Find(family, name) is { } ofAdjustment ? ofAdjustment
        : ByName.TryGetValue(name, out var listed) ? listed
        : ByFamily.TryGetValue(family, out var shared) ? shared
        : null;

    /// <summary>The error that decides; of two of one class the first.</summary>
    public static ReportedError MostSevere(IEnumerable<ReportedError> errors) => errors.MinBy(error => error.Class)!;

    /// <summary>What the error makes of the row: here is decided whether it is tried again.</summary>
    public static UploadOutcome ToOutcome(ReportedError error, Conversion conversion) => error.Class switch
    {
        ErrorClass.AlreadyCounted when conversion.MayHaveBeenSent => UploadOutcome.Completed(error.Name),
        ErrorClass.AlreadyCounted => OtherSale.Outcome,
        ErrorClass.OrderIdTaken when conversion.OrderIdIsSaleId || conversion.MayHaveBeenSent =>
            UploadOutcome.Completed(error.Name),
        ErrorClass.OrderIdTaken or ErrorClass.Permanent =>
            UploadOutcome.Failed(error.Name, ErrorCategory.Validation, Describe(error)),
        ErrorClass.Auth => UploadOutcome.Failed(error.Name, ErrorCategory.Auth, Describe(error)),
        ErrorClass.Configuration => Parked(error.Name, error.Message),
        ErrorClass.WaitForEvent =>
            UploadOutcome.Postponed(error.Name, ErrorCategory.Transient, Describe(error), OutcomeWaits.TooRecent),
        ErrorClass.RateLimit =>
            UploadOutcome.Retry(error.Name, ErrorCategory.RateLimit, Describe(error), error.RetryDelay),
        ErrorClass.DuplicateInRequest =>
            UploadOutcome.Postponed(error.Name, ErrorCategory.Transient, Describe(error), OutcomeWaits.Duplicate),
        _ => UploadOutcome.Retry(error.Name, ErrorCategory.Transient, Describe(error), error.RetryDelay),
    };

    /// <summary>Waits unspent for a person; says what to do.</summary>
    public static UploadOutcome Parked(string name, string message) => UploadOutcome.Postponed(
        name,
        ErrorCategory.Configuration,
        message.Length == 0 ? ErrorRemedy.For(name) : SecretScrubber.Truncate($"{ErrorRemedy.For(name)} Google said: {message}"),
        OutcomeWaits.Parked);

    /// <summary>What happened is unknown: neither counted nor refused can be claimed.</summary>
    public static UploadOutcome Unknown(string code, string message) =>
        UploadOutcome.Retry(code, ErrorCategory.Transient, message);

    public static string Describe(ReportedError error) =>
        error.Message.Length == 0 ? $"Google answered {error.Name}." : error.Message;
}

/// <summary>What a person has to do about an error that no retry heals.</summary>
internal static class ErrorRemedy
{
    public const string NotAllowlisted = "CUSTOMER_NOT_ALLOWLISTED_FOR_THIS_FEATURE";
    public const string UnsupportedVersion = "UNSUPPORTED_VERSION";

    public static string For(string name) => name switch
    {
        NotAllowlisted =>
            "Google takes no click uploads from this caller any more: move the site to the Data Manager API"
            + " (upload_api \"data_manager\" in its credentials).",
        UnsupportedVersion =>
            "Google has retired this API version: set GoogleAds__ApiVersion to a current one.",
        "NO_CONVERSION_ACTION_FOUND" or "INVALID_CONVERSION_ACTION_TYPE" =>
            "Check conversion_action_resource_name: the action must exist, be enabled, belong to the customer and be of"
            + " type UPLOAD_CLICKS.",
        "ONE_PER_CLICK_CONVERSION_ACTION_NOT_PERMITTED_WITH_BRAID" =>
            "Set the conversion action to count every conversion (MANY_PER_CLICK).",
        AdjustmentErrorTable.DefaultValue =>
            "Set the conversion action to use a different value for each conversion.",
        "UNAUTHORIZED_CUSTOMER" or "INVALID_CUSTOMER_FOR_CLICK" or "INVALID_CUSTOMER_ID" =>
            "Check customer_id: it must be the account that owns the click, or its conversion-tracking manager.",
        "INVALID_LOGIN_CUSTOMER_ID" or "INVALID_LINKED_CUSTOMER_ID" =>
            "Check login_customer_id: it must be a manager of the customer.",
        "CUSTOMER_NOT_ACCEPTED_CUSTOMER_DATA_TERMS" or "CUSTOMER_DATA_POLICY_PROHIBITS_ENHANCED_CONVERSIONS"
            or "CUSTOMER_NOT_ENABLED_ENHANCED_CONVERSIONS_FOR_LEADS" =>
            "Accept the customer data terms and enable enhanced conversions for leads in the Google Ads account.",
        "EXTERNAL_ATTRIBUTION_DATA_SET_FOR_NON_EXTERNALLY_ATTRIBUTED_CONVERSION_ACTION"
            or "EXTERNAL_ATTRIBUTION_DATA_NOT_SET_FOR_EXTERNALLY_ATTRIBUTED_CONVERSION_ACTION"
            or "ORDER_ID_NOT_PERMITTED_FOR_EXTERNALLY_ATTRIBUTED_CONVERSION_ACTION"
            or "EXTERNALLY_ATTRIBUTED_CONVERSION_ACTION_NOT_PERMITTED_WITH_USER_IDENTIFIER" =>
            "Use a conversion action that is not externally attributed.",
        "ACCESS_PROHIBITED" =>
            "The Google Cloud project may not call the API: check its access level.",
        _ => "The account, the conversion action or this worker is set up wrongly.",
    };
}

/// <summary>One error of a GoogleAdsFailure, its texts already scrubbed.</summary>
/// <param name="Family">The member of errorCode, as <c>quotaError</c>; empty when there was none.</param>
/// <param name="Name">The enum's value, or <c>UNKNOWN</c>.</param>
/// <param name="Message">Google's text; may be empty.</param>
/// <param name="Index">The conversion of the request it is about; null when it is about the whole request.</param>
/// <param name="RetryDelay">The wait that a quota error asks for.</param>
internal sealed record ReportedError(string Family, string Name, string Message, int? Index, TimeSpan? RetryDelay)
{
    /// <summary>Null when Google has added the name since this table was written.</summary>
    public ErrorClass? ListedClass => ErrorTable.Find(Family, Name);

    /// <summary>An unlisted error is tried again: the retry policy bounds it, and nothing is lost meanwhile.</summary>
    public ErrorClass Class => ListedClass ?? ErrorClass.Transient;
}
