using static OpsMantik.Core.Errors.Responsible;

namespace OpsMantik.Core.Errors.Topics;

/// <summary>Account, conversion action or worker is set up wrongly. Rows wait, nothing is lost, and they go by themselves.</summary>
internal static class SetupErrors
{
    private const string Topic = "Set-up";
    private const string GoesAlone = "The rows go out by themselves within six hours of the fix.";

    public static IReadOnlyList<ErrorMeaning> All { get; } =
    [
        .. Of(SiteOwner, "The conversion action does not exist, is switched off, or is not of the kind for uploads.",
            $"Create or enable an \"import from clicks\" action, or correct its name in the credentials. {GoesAlone}",
            "NO_CONVERSION_ACTION_FOUND", "INVALID_CONVERSION_ACTION_TYPE", "INVALID_CONVERSION_ACTION_ID"),
        .. Of(Operator, "The account number does not fit the clicks or the conversion action.",
            $"Correct customer_id: the account that owns the click and the action. {GoesAlone}",
            "UNAUTHORIZED_CUSTOMER", "INVALID_CUSTOMER_FOR_CLICK", "INVALID_DESTINATION",
            "OPERATING_ACCOUNT_MISMATCH_FOR_AD_IDENTIFIER", "INVALID_OPERATING_ACCOUNT_FOR_CLICK", "INVALID_CUSTOMER_ID"),
        .. Of(Operator, "Google knows no such address or account.",
            $"Check the API version and base address in the settings, then customer_id. {GoesAlone}",
            "NOT_FOUND", "HTTP_404"),
        .. Of(Operator, "The manager account number is wrong, or it does not manage the site's account.",
            $"Correct or remove login_customer_id in the site's credentials. {GoesAlone}",
            "INVALID_LOGIN_CUSTOMER_ID", "INVALID_LINKED_CUSTOMER_ID", "INVALID_USER_SELECTED_CUSTOMER_ID",
            "DIFFERENT_LOGIN_ACCOUNTS_NOT_ALLOWED_FOR_DATA_PARTNER"),
        .. Of(SiteOwner, "The conversion action counts only one conversion a click, which these clicks do not allow.",
            $"Set the action's count to \"every\". {GoesAlone}",
            "ONE_PER_CLICK_CONVERSION_ACTION_NOT_PERMITTED_WITH_BRAID"),
        .. Of(SiteOwner, "The conversion action is meant for another kind of attribution.",
            $"Use an action that is not externally attributed. {GoesAlone}",
            "EXTERNAL_ATTRIBUTION_DATA_SET_FOR_NON_EXTERNALLY_ATTRIBUTED_CONVERSION_ACTION",
            "EXTERNAL_ATTRIBUTION_DATA_NOT_SET_FOR_EXTERNALLY_ATTRIBUTED_CONVERSION_ACTION",
            "ORDER_ID_NOT_PERMITTED_FOR_EXTERNALLY_ATTRIBUTED_CONVERSION_ACTION",
            "EXTERNALLY_ATTRIBUTED_CONVERSION_ACTION_NOT_PERMITTED_WITH_USER_IDENTIFIER",
            "EXTERNAL_ATTRIBUTION_DATA_MISSING"),
        .. Of(SiteOwner, "Terms in the Google Ads account are not accepted, or a feature there is not switched on.",
            $"Accept the customer data terms and enable enhanced conversions for leads in Google Ads. {GoesAlone}",
            "CUSTOMER_NOT_ACCEPTED_CUSTOMER_DATA_TERMS", "CUSTOMER_NOT_ENABLED_ENHANCED_CONVERSIONS_FOR_LEADS",
            "CUSTOMER_DATA_POLICY_PROHIBITS_ENHANCED_CONVERSIONS", "TERMS_AND_CONDITIONS_NOT_SIGNED",
            "DESTINATION_ACCOUNT_ENHANCED_CONVERSIONS_TERMS_NOT_SIGNED",
            "DESTINATION_ACCOUNT_NOT_ENABLED_ENHANCED_CONVERSIONS_FOR_LEADS",
            "DESTINATION_ACCOUNT_DATA_POLICY_PROHIBITS_ENHANCED_CONVERSIONS"),
        .. Of(SiteOwner, "The sale carries a custom variable that the account does not have.",
            $"Create the custom variable in Google Ads, or stop sending it. {GoesAlone}",
            "CUSTOM_VARIABLE_NOT_ENABLED"),
        .. Of(Operator, "Google takes no more uploads from us through this interface.",
            $"Move the site to the Data Manager API (upload_api \"data_manager\" in its credentials). {GoesAlone}",
            "CUSTOMER_NOT_ALLOWLISTED_FOR_THIS_FEATURE", "NOT_ALLOWLISTED"),
        .. Of(Operator, "Google has retired the API version that the worker speaks. Every site is held up.",
            $"Set GoogleAds__ApiVersion to a current one. {GoesAlone}",
            "UNSUPPORTED_VERSION"),
        .. Of(Operator, "Our Google Cloud project may not call this API, or was blocked.",
            $"Check the project in the Google Cloud console: API enabled, billing, access level. {GoesAlone}",
            "ACCESS_PROHIBITED", "SERVICE_DISABLED", "BILLING_DISABLED", "CONSUMER_INVALID", "CONSUMER_SUSPENDED",
            "USER_PROJECT_DENIED", "PROJECT_DISABLED", "CLOUD_PROJECT_NOT_UNDER_ORGANIZATION"),
        .. Of(Operator, "Our Google Cloud project or developer token may not be used with real accounts.",
            "Apply for access in the Google Ads API centre, then requeue the failed rows.",
            "CLOUD_PROJECT_NOT_APPROVED_FOR_PRODUCTION", "DEVELOPER_TOKEN_NOT_APPROVED", "DEVELOPER_TOKEN_PROHIBITED",
            "DEVELOPER_TOKEN_INVALID", "DEVELOPER_TOKEN_NOT_ON_ALLOWLIST"),
        .. Of(Operator, "The worker sent a request that Google does not take in this form.",
            $"Report it: this is a fault of the worker. {GoesAlone}",
            "INVALID_JOB_ID", "DUPLICATE_DESTINATION_REFERENCE", "TOO_MANY_DESTINATIONS",
            "MULTIPLE_DATA_TYPES_NOT_ALLOWED"),
        .. Of(Operator, "The worker was not given the key that opens the site's credentials.",
            "Add the key to OPSMANTIK_VAULT_PREVIOUS_KEYS, or store the credentials again. The rows go out within an hour.",
            "VAULT_KEY_UNKNOWN"),
    ];

    private static IEnumerable<ErrorMeaning> Of(Responsible who, string meaning, string action, params string[] codes) =>
        Entries.Of(Topic, who, meaning, action, codes);
}
