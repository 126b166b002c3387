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
