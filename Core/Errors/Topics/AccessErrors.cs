using static OpsMantik.Core.Errors.Responsible;

namespace OpsMantik.Core.Errors.Topics;

/// <summary>Google does not let us in for the site. Its rows fail until somebody renews the access and requeues them.</summary>
internal static class AccessErrors
{
    private const string Topic = "Access to the site's Google account";
    private const string Renew =
        "Ask the site owner to give consent again, store the new credentials (credentials set), then requeue the failed rows.";

    public static IReadOnlyList<ErrorMeaning> All { get; } =
    [
        .. Of(SiteOwner, "The site's permission to upload was withdrawn, has expired, or the password was changed.", Renew,
            "INVALID_GRANT", "OAUTH_TOKEN_REVOKED", "OAUTH_TOKEN_DISABLED"),
        .. Of(SiteOwner, "Google did not accept our proof of access for the site.", Renew,
            "UNAUTHENTICATED", "AUTHENTICATION_ERROR", "OAUTH_TOKEN_INVALID", "OAUTH_TOKEN_EXPIRED",
            "OAUTH_TOKEN_HEADER_INVALID", "ACCESS_TOKEN_EXPIRED", "ACCESS_TOKEN_TYPE_UNSUPPORTED"),
        .. Of(SiteOwner, "The person or service account that gave consent may not work on this Google Ads account.",
            "Ask the site owner to grant it access to the account in customer_id, then requeue the failed rows.",
            "USER_PERMISSION_DENIED", "PERMISSION_DENIED", "IAM_PERMISSION_DENIED", "NOT_ADS_USER", "AUTHORIZATION_ERROR",
            "ACCESS_DENIED", "SERVICE_ACCESS_DENIED", "ACTION_NOT_PERMITTED"),
        .. Of(SiteOwner, "The consent that was given does not cover sending conversions.",
            "Ask for consent again with every box ticked, store the new credentials, then requeue the failed rows.",
            "ACCESS_TOKEN_SCOPE_INSUFFICIENT", "INVALID_SCOPE"),
        .. Of(SiteOwner, "The site's Google Ads account is closed, suspended, or was never finished.",
            "Ask the site owner to open Google Ads and settle what it asks for, then requeue the failed rows.",
            "CUSTOMER_NOT_ENABLED", "ACTION_NOT_PERMITTED_FOR_SUSPENDED_ACCOUNT", "ACCOUNT_STATE_INVALID",
            "GOOGLE_ACCOUNT_DELETED", "INCOMPLETE_SIGNUP", "MISSING_TOS"),
        .. Of(SiteOwner, "Google wants two-step sign-in or advanced protection on the account that gave consent.",
            "Ask the site owner to switch it on, then to give consent again.",
            "TWO_STEP_VERIFICATION_NOT_ENROLLED", "ADVANCED_PROTECTION_NOT_ENROLLED"),
        .. Of(SiteOwner, "The site owner's organisation does not allow this app.",
            "Ask the organisation's Google administrator to allow it, then for consent again.",
            "ADMIN_POLICY_ENFORCED", "ORG_INTERNAL"),
        .. Of(Operator, "Google does not know the account number in the site's credentials.",
            "Correct customer_id (ten digits) in the site's credentials, then requeue the failed rows.",
            "CUSTOMER_NOT_FOUND", "CLIENT_CUSTOMER_ID_INVALID"),
        .. Of(Operator, "Our own app (the OAuth client) is unknown to Google, or its secret is wrong.",
            "Compare client_id and client_secret with the Google Cloud console and store them again; then requeue.",
            "INVALID_CLIENT", "UNAUTHORIZED_CLIENT", "DELETED_CLIENT", "DISABLED_CLIENT", "UNSUPPORTED_GRANT_TYPE",
            "INVALID_REQUEST"),
        .. Of(Operator, "The site has no stored credentials.",
            "Store them (credentials set), then requeue the failed rows.",
            "CREDENTIALS_MISSING"),
        .. Of(Operator, "The site's stored credentials are incomplete or badly written; the row's message names the field.",
            "Correct and store them again (credentials set), then requeue the failed rows.",
            "INVALID_CREDENTIALS"),
        .. Of(Operator, "The site's stored credentials are damaged and cannot be opened.",
            "Store them again (credentials set), then requeue the failed rows.",
            "CREDENTIALS_UNREADABLE"),
    ];

    private static IEnumerable<ErrorMeaning> Of(Responsible who, string meaning, string action, params string[] codes) =>
        Entries.Of(Topic, who, meaning, action, codes);
}
