using System.Collections.Frozen;
using static OpsMantik.Core.Providers.ErrorClass;

namespace OpsMantik.Core.Providers.DataManager;

/// <summary>
/// Why a request is refused: ErrorReason (v1) and the reasons that every Google API may give, by what they mean. Names
/// come from ads/datamanager/v1/error.proto and api/error_reason.proto; the classes are our reading of them.
/// <see cref="Permanent"/> is about rows, every other class about the whole request.
/// </summary>
internal static class ErrorReasonTable
{
    public const string ScopeInsufficient = "ACCESS_TOKEN_SCOPE_INSUFFICIENT";
    public const string InvalidRequestId = "INVALID_REQUEST_ID";

    private static readonly FrozenDictionary<string, ErrorClass> ByName = new (ErrorClass Class, string[] Names)[]
    {
        (Auth,
        [
            "PERMISSION_DENIED", "UNAUTHENTICATED", ScopeInsufficient, "ACCESS_TOKEN_EXPIRED", "ACCESS_TOKEN_TYPE_UNSUPPORTED",
            "CREDENTIALS_MISSING", "ACCOUNT_STATE_INVALID", "IAM_PERMISSION_DENIED",
        ]),
        (Configuration,
        [
            "INVALID_DESTINATION", "INVALID_CONVERSION_ACTION_ID", "INVALID_CONVERSION_ACTION_TYPE", "NOT_ALLOWLISTED",
            "TERMS_AND_CONDITIONS_NOT_SIGNED", "DESTINATION_ACCOUNT_ENHANCED_CONVERSIONS_TERMS_NOT_SIGNED",
            "DESTINATION_ACCOUNT_NOT_ENABLED_ENHANCED_CONVERSIONS_FOR_LEADS",
            "DESTINATION_ACCOUNT_DATA_POLICY_PROHIBITS_ENHANCED_CONVERSIONS",
            "DIFFERENT_LOGIN_ACCOUNTS_NOT_ALLOWED_FOR_DATA_PARTNER", "DUPLICATE_DESTINATION_REFERENCE",
            "TOO_MANY_DESTINATIONS", "MULTIPLE_DATA_TYPES_NOT_ALLOWED", "NOT_FOUND",
            "SERVICE_DISABLED", "BILLING_DISABLED", "CONSUMER_INVALID", "CONSUMER_SUSPENDED", "USER_PROJECT_DENIED",
        ]),
        (RateLimit, ["RESOURCE_EXHAUSTED", "RATE_LIMIT_EXCEEDED", "RESOURCE_QUOTA_EXCEEDED"]),
        (Transient,
        [
            "INTERNAL_ERROR", "DEADLINE_EXCEEDED", "INTERNAL", "UNAVAILABLE",
            // The next claim may well be smaller.
            "TOO_MANY_EVENTS",
        ]),
        (Permanent,
        [
            "INVALID_ARGUMENT", "REQUIRED_FIELD_MISSING", "INVALID_FORMAT", "INVALID_HEX_ENCODING",
            "INVALID_BASE64_ENCODING", "INVALID_SHA256_FORMAT", "INVALID_POSTAL_CODE", "INVALID_COUNTRY_CODE",
            "INVALID_ENUM_VALUE", "INVALID_NUMBER_FORMAT", "INVALID_CURRENCY_CODE", "INVALID_EVENT",
            "TOO_MANY_USER_IDENTIFIERS", "NO_IDENTIFIERS_PROVIDED", "EVENT_TIME_INVALID",
        ]),
    }
    .SelectMany(group => group.Names, (group, name) => (group.Class, name))
    .ToFrozenDictionary(entry => entry.name, entry => entry.Class, StringComparer.Ordinal);

    /// <summary>Every listed name, for tests and documents.</summary>
    public static IReadOnlyDictionary<string, ErrorClass> All => ByName;

    /// <summary>Null for a name that Google has added since.</summary>
    public static ErrorClass? Find(string name) => ByName.TryGetValue(name, out var listed) ? listed : null;
}

/// <summary>
/// Why an accepted event was not counted after all: ProcessingErrorReason (v1) by what it means for the row. Names come
/// from ads/datamanager/v1/processing_errors.proto; the classes are our reading of the comments there.
/// </summary>
internal static class ProcessingErrorTable
{
    /// <summary>Another event of the same action, click and second.</summary>
    public const string DuplicateClick = "DUPLICATE_GCLID";

    /// <summary>One of the names bears the shorter one, so both are taken off.</summary>
    private static readonly string[] Prefixes = ["PROCESSING_ERROR_REASON_", "PROCESSING_ERROR_"];

    private static readonly FrozenDictionary<string, ErrorClass> ByName = new (ErrorClass Class, string[] Names)[]
    {
        (AlreadyCounted, [DuplicateClick, "DUPLICATE_TRANSACTION_ID"]),
        (Transient, ["INTERNAL_ERROR", "UNSPECIFIED"]),
        (WaitForEvent, ["TOO_RECENT_CLICK"]),
        (Permanent,
        [
            // Consent: what the visitor did not grant is never sent again.
            "DENIED_CONSENT", "NO_CONSENT", "UNKNOWN_CONSENT",
            "EVENT_TOO_OLD", "INVALID_GCLID", "INVALID_GBRAID", "INVALID_WBRAID", "INVALID_AD_IDENTIFIERS",
            "CONVERSION_PRECEDES_CLICK", "INVALID_CLICK", "CLICK_NOT_FOUND", "INVALID_EVENT", "INVALID_FORMAT",
            "INVALID_CUSTOM_VARIABLE", "INVALID_MERCHANT_ID",
        ]),
        (Configuration,
        [
            "CUSTOM_VARIABLE_NOT_ENABLED", "DESTINATION_ACCOUNT_ENHANCED_CONVERSIONS_TERMS_NOT_SIGNED",
            "OPERATING_ACCOUNT_MISMATCH_FOR_AD_IDENTIFIER", "INVALID_OPERATING_ACCOUNT_FOR_CLICK",
            "ONE_PER_CLICK_CONVERSION_ACTION_NOT_PERMITTED_WITH_BRAID", "EXTERNAL_ATTRIBUTION_DATA_MISSING",
        ]),
    }
    .SelectMany(group => group.Names, (group, name) => (group.Class, name))
    .ToFrozenDictionary(entry => entry.name, entry => entry.Class, StringComparer.Ordinal);

    /// <summary>Every listed name, for tests and documents.</summary>
    public static IReadOnlyDictionary<string, ErrorClass> All => ByName;

    /// <summary>Null for a name that Google has added since.</summary>
    public static ErrorClass? Find(string name) => ByName.TryGetValue(name, out var listed) ? listed : null;

    /// <summary>The reason without its enum's prefix; <c>UNKNOWN</c> for what is no name.</summary>
    public static string Name(string? reason, SecretScrubber scrubber)
    {
        var name = scrubber.LongIdentifier(reason) ?? "UNKNOWN";
        var prefix = Prefixes.FirstOrDefault(prefix => name.StartsWith(prefix, StringComparison.Ordinal));
        return name[(prefix?.Length ?? 0)..];
    }
}

/// <summary>What a person has to do about an error that no retry heals.</summary>
internal static class ReasonRemedy
{
    public static string For(string name) => name switch
    {
        "INVALID_CONVERSION_ACTION_ID" or "INVALID_CONVERSION_ACTION_TYPE" =>
            "Check conversion_action_id (or conversion_action_resource_name): the action must exist, be enabled, belong"
            + " to customer_id and be of type UPLOAD_CLICKS.",
        "INVALID_DESTINATION" or "OPERATING_ACCOUNT_MISMATCH_FOR_AD_IDENTIFIER"
            or "INVALID_OPERATING_ACCOUNT_FOR_CLICK" or "NOT_FOUND" =>
            "Check customer_id: it must be the account that owns the conversion action (its conversion customer), and"
            + " login_customer_id a manager of it.",
        "ONE_PER_CLICK_CONVERSION_ACTION_NOT_PERMITTED_WITH_BRAID" =>
            "Set the conversion action to count every conversion (MANY_PER_CLICK).",
        "EXTERNAL_ATTRIBUTION_DATA_MISSING" => "Use a conversion action that is not externally attributed.",
        "TERMS_AND_CONDITIONS_NOT_SIGNED" or "DESTINATION_ACCOUNT_ENHANCED_CONVERSIONS_TERMS_NOT_SIGNED"
            or "DESTINATION_ACCOUNT_NOT_ENABLED_ENHANCED_CONVERSIONS_FOR_LEADS"
            or "DESTINATION_ACCOUNT_DATA_POLICY_PROHIBITS_ENHANCED_CONVERSIONS" =>
            "Accept the customer data terms and enable enhanced conversions for leads in the Google Ads account.",
        "SERVICE_DISABLED" => "Enable the Data Manager API in the Google Cloud project of the credentials.",
        ErrorReasonTable.ScopeInsufficient =>
            $"The consent does not include the datamanager scope: renew it with {DataManagerCredentials.Scope},"
            + " replace the credentials and re-queue the rows.",
        _ => "The account, the conversion action or this worker is set up wrongly.",
    };
}
