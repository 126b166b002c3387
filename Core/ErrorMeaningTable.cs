using static OpsMantik.Core.Responsible;

namespace OpsMantik.Core;

/// <summary>Every entry of the error table, by topic. <see cref="ErrorMeanings"/> looks them up.</summary>
internal static class ErrorMeaningTable
{
    private const string AccessTopic = "Access to the site's Google account";
    private const string Renew =
        "Ask the site owner to give consent again (credentials connect), then requeue the failed rows.";

    /// <summary>Google does not let us in for the site. Its rows fail until somebody renews the access and requeues them.</summary>
    private static IReadOnlyList<ErrorMeaning> Access { get; } =
    [
        .. Of(AccessTopic, SiteOwner, "The site's permission to upload was withdrawn, has expired, or the password was changed.", Renew,
            "INVALID_GRANT", "OAUTH_TOKEN_REVOKED", "OAUTH_TOKEN_DISABLED"),
        .. Of(AccessTopic, SiteOwner, "Google did not accept our proof of access for the site.", Renew,
            "UNAUTHENTICATED", "AUTHENTICATION_ERROR", "OAUTH_TOKEN_INVALID", "OAUTH_TOKEN_EXPIRED",
            "OAUTH_TOKEN_HEADER_INVALID", "ACCESS_TOKEN_EXPIRED", "ACCESS_TOKEN_TYPE_UNSUPPORTED"),
        .. Of(AccessTopic, SiteOwner, "The person or service account that gave consent may not work on this Google Ads account.",
            "Ask the site owner to grant it access to the account in customer_id, then requeue the failed rows.",
            "USER_PERMISSION_DENIED", "PERMISSION_DENIED", "IAM_PERMISSION_DENIED", "NOT_ADS_USER", "AUTHORIZATION_ERROR",
            "ACCESS_DENIED", "SERVICE_ACCESS_DENIED", "ACTION_NOT_PERMITTED"),
        .. Of(AccessTopic, SiteOwner, "The consent that was given does not cover sending conversions.",
            "Ask for consent again with every box ticked, store the new credentials, then requeue the failed rows.",
            "ACCESS_TOKEN_SCOPE_INSUFFICIENT", "INVALID_SCOPE"),
        .. Of(AccessTopic, SiteOwner, "The site's Google Ads account is closed, suspended, or was never finished.",
            "Ask the site owner to open Google Ads and settle what it asks for, then requeue the failed rows.",
            "CUSTOMER_NOT_ENABLED", "ACTION_NOT_PERMITTED_FOR_SUSPENDED_ACCOUNT", "ACCOUNT_STATE_INVALID",
            "GOOGLE_ACCOUNT_DELETED", "INCOMPLETE_SIGNUP", "MISSING_TOS"),
        .. Of(AccessTopic, SiteOwner, "Google wants two-step sign-in or advanced protection on the account that gave consent.",
            "Ask the site owner to switch it on, then to give consent again.",
            "TWO_STEP_VERIFICATION_NOT_ENROLLED", "ADVANCED_PROTECTION_NOT_ENROLLED"),
        .. Of(AccessTopic, SiteOwner, "The site owner's organisation does not allow this app.",
            "Ask the organisation's Google administrator to allow it, then for consent again.",
            "ADMIN_POLICY_ENFORCED", "ORG_INTERNAL"),
        .. Of(AccessTopic, Operator, "Google does not know the account number in the site's credentials.",
            "Correct customer_id (ten digits) in the site's credentials, then requeue the failed rows.",
            "CUSTOMER_NOT_FOUND", "CLIENT_CUSTOMER_ID_INVALID"),
        .. Of(AccessTopic, Operator, "Our own app (the OAuth client) is unknown to Google, or its secret is wrong.",
            "Compare client_id and client_secret with the Google Cloud console and store them again; then requeue.",
            "INVALID_CLIENT", "UNAUTHORIZED_CLIENT", "DELETED_CLIENT", "DISABLED_CLIENT", "UNSUPPORTED_GRANT_TYPE",
            "INVALID_REQUEST"),
        .. Of(AccessTopic, Operator, "The site has no stored credentials.",
            "Store them (credentials connect or credentials set), then requeue the failed rows.",
            "CREDENTIALS_MISSING"),
        .. Of(AccessTopic, Operator, "The site's stored credentials are incomplete or badly written; the row's message names the field.",
            "Correct and store them again (credentials set), then requeue the failed rows.",
            "INVALID_CREDENTIALS"),
        .. Of(AccessTopic, Operator, "The site's stored credentials are damaged and cannot be opened.",
            "Store them again (credentials set), then requeue the failed rows.",
            "CREDENTIALS_UNREADABLE"),
        .. Of(AccessTopic, Operator, "The site's stored credentials were sealed for another site or provider and copied here.",
            "Find out who did it, store the site's own (credentials set), then requeue the failed rows.",
            "CREDENTIAL_NOT_OF_THIS_SITE"),
    ];

    private const string SetupTopic = "Set-up";
    private const string GoesAlone = "The rows go out by themselves within six hours of the fix.";

    /// <summary>Account, conversion action or worker is set up wrongly. Rows wait, nothing is lost, and they go by themselves.</summary>
    private static IReadOnlyList<ErrorMeaning> Setup { get; } =
    [
        .. Of(SetupTopic, SiteOwner, "The conversion action does not exist, is switched off, or is not of the kind for uploads.",
            $"Create or enable an \"import from clicks\" action, or correct its name in the credentials. {GoesAlone}",
            "NO_CONVERSION_ACTION_FOUND", "INVALID_CONVERSION_ACTION_TYPE", "INVALID_CONVERSION_ACTION_ID"),
        .. Of(SetupTopic, Operator, "The account number does not fit the clicks or the conversion action.",
            $"Correct customer_id: the account that owns the click and the action. {GoesAlone}",
            "UNAUTHORIZED_CUSTOMER", "INVALID_CUSTOMER_FOR_CLICK", "INVALID_DESTINATION",
            "OPERATING_ACCOUNT_MISMATCH_FOR_AD_IDENTIFIER", "INVALID_OPERATING_ACCOUNT_FOR_CLICK", "INVALID_CUSTOMER_ID"),
        .. Of(SetupTopic, Operator, "Google knows no such address or account.",
            $"Check the API version and base address in the settings, then customer_id. {GoesAlone}",
            "NOT_FOUND", "HTTP_404"),
        .. Of(SetupTopic, Operator, "The manager account number is wrong, or it does not manage the site's account.",
            $"Correct or remove login_customer_id in the site's credentials. {GoesAlone}",
            "INVALID_LOGIN_CUSTOMER_ID", "INVALID_LINKED_CUSTOMER_ID", "INVALID_USER_SELECTED_CUSTOMER_ID",
            "DIFFERENT_LOGIN_ACCOUNTS_NOT_ALLOWED_FOR_DATA_PARTNER"),
        .. Of(SetupTopic, SiteOwner, "The conversion action counts only one conversion a click, which these clicks do not allow.",
            $"Set the action's count to \"every\". {GoesAlone}",
            "ONE_PER_CLICK_CONVERSION_ACTION_NOT_PERMITTED_WITH_BRAID"),
        .. Of(SetupTopic, SiteOwner, "The conversion action is meant for another kind of attribution.",
            $"Use an action that is not externally attributed. {GoesAlone}",
            "EXTERNAL_ATTRIBUTION_DATA_SET_FOR_NON_EXTERNALLY_ATTRIBUTED_CONVERSION_ACTION",
            "EXTERNAL_ATTRIBUTION_DATA_NOT_SET_FOR_EXTERNALLY_ATTRIBUTED_CONVERSION_ACTION",
            "ORDER_ID_NOT_PERMITTED_FOR_EXTERNALLY_ATTRIBUTED_CONVERSION_ACTION",
            "EXTERNALLY_ATTRIBUTED_CONVERSION_ACTION_NOT_PERMITTED_WITH_USER_IDENTIFIER",
            "EXTERNAL_ATTRIBUTION_DATA_MISSING"),
        .. Of(SetupTopic, SiteOwner, "Terms in the Google Ads account are not accepted, or a feature there is not switched on.",
            $"Accept the customer data terms and enable enhanced conversions for leads in Google Ads. {GoesAlone}",
            "CUSTOMER_NOT_ACCEPTED_CUSTOMER_DATA_TERMS", "CUSTOMER_NOT_ENABLED_ENHANCED_CONVERSIONS_FOR_LEADS",
            "CUSTOMER_DATA_POLICY_PROHIBITS_ENHANCED_CONVERSIONS", "TERMS_AND_CONDITIONS_NOT_SIGNED",
            "DESTINATION_ACCOUNT_ENHANCED_CONVERSIONS_TERMS_NOT_SIGNED",
            "DESTINATION_ACCOUNT_NOT_ENABLED_ENHANCED_CONVERSIONS_FOR_LEADS",
            "DESTINATION_ACCOUNT_DATA_POLICY_PROHIBITS_ENHANCED_CONVERSIONS"),
        .. Of(SetupTopic, SiteOwner, "The sale carries a custom variable that the account does not have.",
            $"Create the custom variable in Google Ads, or stop sending it. {GoesAlone}",
            "CUSTOM_VARIABLE_NOT_ENABLED"),
        .. Of(SetupTopic, SiteOwner, "The conversion action counts a default value, which cannot be corrected.",
            $"Set the action to use different values. {GoesAlone}",
            "CANNOT_RESTATE_CONVERSION_ACTION_THAT_ALWAYS_USES_DEFAULT_CONVERSION_VALUE"),
        .. Of(SetupTopic, Operator, "Google takes no more uploads from us through this interface.",
            $"Move the site to the Data Manager API (upload_api \"data_manager\" in its credentials). {GoesAlone}",
            "CUSTOMER_NOT_ALLOWLISTED_FOR_THIS_FEATURE", "NOT_ALLOWLISTED"),
        .. Of(SetupTopic, Operator, "Google has retired the API version that the worker speaks. Every site is held up.",
            $"Set GoogleAds__ApiVersion to a current one. {GoesAlone}",
            "UNSUPPORTED_VERSION"),
        .. Of(SetupTopic, Operator, "Our Google Cloud project may not call this API, or was blocked.",
            $"Check the project in the Google Cloud console: API enabled, billing, access level. {GoesAlone}",
            "ACCESS_PROHIBITED", "SERVICE_DISABLED", "BILLING_DISABLED", "CONSUMER_INVALID", "CONSUMER_SUSPENDED",
            "USER_PROJECT_DENIED", "PROJECT_DISABLED", "CLOUD_PROJECT_NOT_UNDER_ORGANIZATION"),
        .. Of(SetupTopic, Operator, "Our Google Cloud project or developer token may not be used with real accounts.",
            "Apply for access in the Google Ads API centre, then requeue the failed rows.",
            "CLOUD_PROJECT_NOT_APPROVED_FOR_PRODUCTION", "DEVELOPER_TOKEN_NOT_APPROVED", "DEVELOPER_TOKEN_PROHIBITED",
            "DEVELOPER_TOKEN_INVALID", "DEVELOPER_TOKEN_NOT_ON_ALLOWLIST"),
        .. Of(SetupTopic, Operator, "The worker sent a request that Google does not take in this form.",
            $"Report it: this is a fault of the worker. {GoesAlone}",
            "INVALID_JOB_ID", "DUPLICATE_DESTINATION_REFERENCE", "TOO_MANY_DESTINATIONS",
            "MULTIPLE_DATA_TYPES_NOT_ALLOWED"),
        .. Of(SetupTopic, Operator, "The worker was not given the key that opens the site's credentials.",
            "Add the key to OPSMANTIK_VAULT_PREVIOUS_KEYS, or store the credentials again. The rows go out within an hour.",
            "VAULT_KEY_UNKNOWN"),
    ];

    private const string ClickTopic = "The ad click";

    /// <summary>The ad click behind the sale cannot take it. Final for the row.</summary>
    private static IReadOnlyList<ErrorMeaning> Click { get; } =
    [
        .. Of(ClickTopic, Nobody, "The sale has no click id: the customer did not come from an ad, or the id was lost on the way.",
            "Nothing for one sale. If most sales of a site have none, its pages or its phone desk do not record the id.",
            "MISSING_CLICK_ID", "NO_IDENTIFIERS_PROVIDED"),
        .. Of(ClickTopic, SiteOwner, "The click id is damaged: cut short, changed, or typed by hand; the row's message says where.",
            "Check how the site records the id; correct it on the sale and requeue the row.",
            "INVALID_CLICK_ID", "UNPARSEABLE_GCLID", "UNPARSEABLE_GBRAID", "UNPARSEABLE_WBRAID", "INVALID_GCLID",
            "INVALID_GBRAID", "INVALID_WBRAID", "INVALID_AD_IDENTIFIERS", "INVALID_CLICK"),
        .. Of(ClickTopic, Nobody, "Google does not know this click: a test click, another advertiser's, or too old.",
            "Nothing for one sale. For many, check that customer_id is the account whose ads were clicked.",
            "CLICK_NOT_FOUND", "EVENT_NOT_FOUND"),
        .. Of(ClickTopic, Nobody, "The sale came too long after the click; Google no longer counts it.",
            "Nothing for this sale. Confirm sales sooner, or lengthen the action's click-through window.",
            "EXPIRED_EVENT", "EVENT_TOO_OLD"),
        .. Of(ClickTopic, SiteOwner, "The sale is dated before the click.",
            "Check the time zone first: local times written as UTC do this to many rows. Correct the times and requeue the rows.",
            "CONVERSION_PRECEDES_EVENT", "CONVERSION_PRECEDES_CLICK"),
        .. Of(ClickTopic, SiteOwner, "Conversion tracking was not switched on when the ad was clicked.",
            "Nothing for this sale; see that tracking is on in Google Ads now.",
            "CONVERSION_TRACKING_NOT_ENABLED_AT_IMPRESSION_TIME"),
        .. Of(ClickTopic, Operator, "The row carries two click ids where Google takes one.",
            "Report it: this is a fault of the worker.",
            "GBRAID_WBRAID_BOTH_SET"),
        .. Of(ClickTopic, Operator, "An answer about a phone call; this worker sends none.",
            "Report it: this is a fault of the worker.",
            "TOO_RECENT_CALL", "EXPIRED_CALL", "CALL_NOT_FOUND", "CONVERSION_PRECEDES_CALL",
            "CONVERSION_TRACKING_NOT_ENABLED_AT_CALL_TIME", "UNPARSEABLE_CALLERS_PHONE_NUMBER",
            "CALL_CONVERSION_ALREADY_EXISTS", "DUPLICATE_CALL_CONVERSION_IN_REQUEST", "INVALID_CUSTOMER_FOR_CALL"),
    ];

    private const string ConsentTopic = "Consent and privacy";

    /// <summary>The visitor did not agree, or the row holds what it must not. Final for the row.</summary>
    private static IReadOnlyList<ErrorMeaning> Consent { get; } =
    [
        .. Of(ConsentTopic, Nobody, "The visitor did not agree to this use of the data, or nobody asked.",
            "Nothing: it must not be sent. If it happens to every sale, check the site's consent banner.",
            "DENIED_CONSENT", "NO_CONSENT", "UNKNOWN_CONSENT"),
        .. Of(ConsentTopic, Nobody, "The visitor's iPhone does not allow this tracking.", "Nothing: it must not be sent.",
            "CONVERSION_NOT_COMPLIANT_WITH_ATT_POLICY"),
        .. Of(ConsentTopic, SiteOwner, "A custom field or the order number holds personal data, such as a name or a phone number.",
            "Take it out on the site; the sale itself cannot be sent as it is.",
            "CUSTOM_VARIABLE_VALUE_CONTAINS_PII", "ORDER_ID_CONTAINS_PII"),
        .. Of(ConsentTopic, Operator, "The row carries personal identifiers in a form that Google does not take.",
            "Report it: this is a fault of the worker.",
            "INVALID_USER_IDENTIFIER", "UNSUPPORTED_USER_IDENTIFIER", "TOO_MANY_USER_IDENTIFIERS", "INVALID_HEX_ENCODING",
            "INVALID_BASE64_ENCODING", "INVALID_SHA256_FORMAT", "INVALID_POSTAL_CODE", "INVALID_COUNTRY_CODE"),
    ];

    private const string SaleTopic = "The sale";
    private const string Correct = "Correct the sale in the dashboard and requeue the row.";

    /// <summary>What the row says of the sale. Final for the row, or a success by another name.</summary>
    private static IReadOnlyList<ErrorMeaning> Sale { get; } =
    [
        .. Of(SaleTopic, Nobody, "Google has this sale already. It counts as completed.", "Nothing.",
            "CLICK_CONVERSION_ALREADY_EXISTS", "DUPLICATE_GCLID", "DUPLICATE_TRANSACTION_ID"),
        .. Of(SaleTopic, SiteOwner, "Google has another sale of this click at the same second, and did not count this one.",
            "If another program of yours sent this sale, nothing. If not, correct its time by a minute and requeue the row.",
            "COUNTED_FOR_ANOTHER_SALE"),
        .. Of(SaleTopic, SiteOwner, "Google has another sale under the same order number.",
            "If it is the same sale, nothing. If not, the site uses one order number twice: give this sale its own.",
            "ORDER_ID_ALREADY_IN_USE"),
        .. Of(SaleTopic, SiteOwner, "The order number is empty, too long, or holds characters that cannot be sent.", Correct,
            "INVALID_ORDER_ID"),
        .. Of(SaleTopic, SiteOwner, "The currency is not a known three-letter code.", Correct,
            "INVALID_CURRENCY", "INVALID_CURRENCY_CODE"),
        .. Of(SaleTopic, SiteOwner, "The amount is negative, cannot be read, or has more decimals than its currency.", Correct, "INVALID_VALUE", "INVALID_NUMBER_FORMAT"),
        .. Of(SaleTopic, SiteOwner, "The date of the sale is impossible, or more than a day ahead.", Correct,
            "INVALID_CONVERSION_TIME", "EVENT_TIME_INVALID", "INVALID_STRING_DATE_TIME_SECONDS_WITH_OFFSET"),
        .. Of(SaleTopic, SiteOwner, "The sale is too old for Google to count it.",
            "Nothing for this sale. Confirm sales sooner; where the action's window is longer, set Upload__ConversionWindowDays.",
            "CONVERSION_TOO_OLD"),
        .. Of(SaleTopic, SiteOwner, "A custom variable or the shop's merchant number is wrong.", Correct,
            "INVALID_CUSTOM_VARIABLE", "INVALID_MERCHANT_ID"),
        .. Of(SaleTopic, Operator, "The row's additional data (payload) cannot be read; its message names the field.",
            "Correct what the dashboard writes into payload, then requeue the row.",
            "INVALID_PAYLOAD"),
        .. Of(SaleTopic, Operator, "The row's additional data (payload) takes more than 64 KiB, or 16 KiB as the database keeps it.",
            "Let the dashboard write only what an upload needs into payload, then requeue the row.",
            "PAYLOAD_TOO_LARGE"),
        .. Of(SaleTopic, Operator, "Google looked at the row and found a field missing or badly written; its message names it.",
            "Correct the field on the sale if a person entered it; otherwise report it as a fault of the worker.",
            "INVALID_ARGUMENT", "REQUIRED_FIELD_MISSING", "INVALID_FORMAT", "INVALID_ENUM_VALUE", "INVALID_EVENT"),
    ];

    private const string CorrectionTopic = "Corrections";

    /// <summary>A sale that was canceled, or got another value, after it was sent.</summary>
    private static IReadOnlyList<ErrorMeaning> Correction { get; } =
    [
        .. Of(CorrectionTopic, Nobody, "Google has this correction, or a later one, already.", "Nothing.",
            "CONVERSION_ALREADY_RETRACTED", "MORE_RECENT_RESTATEMENT_FOUND", "RESTATEMENT_ALREADY_EXISTS"),
        .. Of(CorrectionTopic, Nobody, "The canceled sale is worth 0 but stays counted: Data Manager has no retraction.", "Nothing.",
            "COUNT_STAYS"),
        .. Of(CorrectionTopic, Operator, "Google does not find the sale: not processed yet, or never counted.",
            "If it FAILED, compare order number, action and customer_id with Google Ads, then requeue.",
            "CONVERSION_NOT_FOUND"),
        .. Of(CorrectionTopic, Nobody, "The sale is less than a day old; Google corrects it later.", "Nothing: it is sent again.",
            "TOO_RECENT_CONVERSION"),
        .. Of(CorrectionTopic, Nobody, "Google corrects no sale older than 54 days.", "Nothing can be done.",
            "CONVERSION_EXPIRED"),
        .. Of(CorrectionTopic, Nobody, "Google cannot correct a sale sent with a wbraid, or without order number and gclid.",
            "Nothing can be done.",
            "CORRECTION_NOT_POSSIBLE"),
        .. Of(CorrectionTopic, Operator, "Google kept what it had; the row's message has its answer.",
            "Correct the sale again. If that fails, report it.",
            "CORRECTION_NOT_TAKEN"),
        .. Of(CorrectionTopic, Nobody, "Google allows no more corrections of this sale.", "Nothing: its last value stays.",
            "TOO_MANY_ADJUSTMENTS"),
        .. Of(CorrectionTopic, Operator, "A correction that Google does not take in this form.",
            "Report it: this is a fault of the worker.",
            "ADJUSTMENT_PRECEDES_CONVERSION", "GCLID_DATE_TIME_PAIR_AND_ORDER_ID_BOTH_SET",
            "CONVERSION_ACTION_NOT_ELIGIBLE_FOR_ENHANCEMENT", "CONVERSION_ALREADY_ENHANCED", "DUPLICATE_ENHANCEMENT_IN_REQUEST",
            "CUSTOMER_DATA_POLICY_PROHIBITS_ENHANCEMENT", "MISSING_ORDER_ID_FOR_WEBPAGE"),
    ];

    private const string WaitingTopic = "Waiting its turn";

    /// <summary>The row waits its turn and goes by itself.</summary>
    private static IReadOnlyList<ErrorMeaning> Waiting { get; } =
    [
        .. Of(WaitingTopic, Nobody, "The click or the conversion action is only hours old; Google takes the sale later.",
            "Nothing: it is sent again after six hours.",
            "TOO_RECENT_EVENT", "TOO_RECENT_CLICK", "TOO_RECENT_CONVERSION_ACTION"),
        .. Of(WaitingTopic, Nobody, "The time of the sale has not come yet: a clock is ahead, or the zone is wrong.",
            "Nothing: it is sent when the time has come. For many rows, check the dashboard's clock and zone.",
            "CONVERSION_IN_FUTURE"),
        .. Of(WaitingTopic, Nobody, "Another row for the same order or click went out first.",
            "Nothing: it is sent again in a few minutes.",
            "DUPLICATE_IN_BATCH", "DUPLICATE_ORDER_ID", "DUPLICATE_CLICK_CONVERSION_IN_REQUEST",
            "DUPLICATE_ADJUSTMENT_IN_REQUEST"),
        .. Of(WaitingTopic, Nobody, "A bad row in the same request held this one up.", "Nothing: it is sent again without the bad one.",
            "NOT_PROCESSED"),
        .. Of(WaitingTopic, Nobody, "Too many sales in one request.", "Nothing: they are sent again in smaller groups.",
            "TOO_MANY_CONVERSIONS_IN_REQUEST", "TOO_MANY_ADJUSTMENTS_IN_REQUEST", "TOO_MANY_EVENTS", "REQUEST_TOO_LARGE"),
        .. Of(WaitingTopic, Nobody, "Uploads of this site are paused because its last ones failed, or because an operator stopped them.",
            "Nothing if the pause is minutes old: it is tried again by itself. If it lasts, see the site's last errors.",
            "CIRCUIT_OPEN"),
        .. Of(WaitingTopic, Nobody, "Google took the sale but never said what became of it, or no longer knows the request.",
            "Nothing: it is sent again under the same number, so it cannot count twice.",
            "UNCONFIRMED", "INVALID_REQUEST_ID"),
        .. Of(WaitingTopic, Nobody, "Google counted some sales of a request and did not say which.",
            "Nothing: all are sent again under the same numbers; those it has are recognised.",
            "ROWS_UNNAMED"),
    ];

    private const string QuotaTopic = "Google's limits";

    /// <summary>Google asks us to slow down.</summary>
    private static IReadOnlyList<ErrorMeaning> Quota { get; } =
    [
        .. Of(QuotaTopic, Nobody, "Google asks us to send more slowly.", "Nothing: the rows wait and go by themselves.",
            "RESOURCE_TEMPORARILY_EXHAUSTED", "RATE_LIMIT_EXCEEDED", "LOCAL_RATE_LIMIT", "HTTP_429",
            "EXCESSIVE_SHORT_TERM_QUERY_RESOURCE_CONSUMPTION"),
        .. Of(QuotaTopic, Nobody, "The database could not say how many requests to Google are left.",
            "Nothing: the rows go out when the database answers again.",
            "REQUEST_LIMIT_UNKNOWN"),
        .. Of(QuotaTopic, Operator, "The day's number of requests to Google is used up.",
            "The rows go out tomorrow by themselves. If it happens often, ask Google for a larger quota.",
            "QUOTA_DAY", "RESOURCE_EXHAUSTED", "RESOURCE_QUOTA_EXCEEDED",
            "EXCESSIVE_LONG_TERM_QUERY_RESOURCE_CONSUMPTION"),
    ];

    public const string ServerFamily = "HTTP_5*";
    public const string HttpFamily = "HTTP_*";
    private const string OutageTopic = "Google or the network";
    private const string Wait = "Nothing: it is sent again by itself. If it lasts for hours on every site, call the operator.";

    /// <summary>Google, or the way to it, is unwell.</summary>
    private static IReadOnlyList<ErrorMeaning> Outage { get; } =
    [
        .. Of(OutageTopic, Nobody, "Google had trouble of its own.", Wait,
            ServerFamily, "INTERNAL", "INTERNAL_ERROR", "TRANSIENT_ERROR", "UNAVAILABLE", "DEADLINE_EXCEEDED",
            "CONCURRENT_MODIFICATION", "DATA_CONSTRAINT_VIOLATION"),
        .. Of(OutageTopic, Nobody, "Google gave no reason, or one that it does not publish.", Wait,
            "UNSPECIFIED", "UNKNOWN", "ERROR_CODE_NOT_PUBLISHED"),
        .. Of(OutageTopic, Nobody, "Google did not answer in time; whether it has the sale is not known.",
            "Nothing: it is sent again under the same number, so it cannot count twice.",
            "TIMEOUT", "HTTP_408"),
        .. Of(OutageTopic, Nobody, "There was no connection to Google.", Wait, "CONNECTION"),
        .. Of(OutageTopic, Operator, "Something between the worker and Google answered with a redirect, which is never followed.",
            "Check the addresses and Google__Proxy in the settings, and what stands on the way.",
            "REDIRECTED"),
        .. Of(OutageTopic, Nobody, "Google's sign-in service could not be reached.", Wait, "TOKEN_UNAVAILABLE"),
        .. Of(OutageTopic, Operator, "The answer was not one that Google gives.",
            "Nothing if it happens once. If it lasts, look for a proxy or a wrong base address in the settings.",
            "INVALID_RESPONSE", HttpFamily),
    ];

    private const string CountTopic = "Fewer counted";

    /// <summary>Google took conversions and does not show them, and names no error of its own.</summary>
    private static IReadOnlyList<ErrorMeaning> Counting { get; } =
    [
        .. Of(CountTopic, Operator, "Google shows fewer conversions than it accepted, and names no error.",
            "Compare the batches that reconcile lists with Google Ads, Goals, Summary, Diagnostics; give its support their request ids.",
            "COUNTED_FEWER"),
        .. Of(CountTopic, Operator, "Google's upload summaries do not have the site's conversion action.",
            "Compare the action's id with the ones that reconcile lists; credentials verify asks Google whether it exists.",
            "NOT_IN_SUMMARY"),
    ];

    /// <summary>The worker's own faults.</summary>
    private static IReadOnlyList<ErrorMeaning> Worker { get; } =
    [
        .. Of("The worker", Operator, "The worker met an error of its own; the rows are tried again.",
            "Find the error in the worker's log and report it.",
            "WORKER_ERROR", "RPC_DEADLINE_TOO_SHORT"),
        .. Of("The worker", Operator, "The database refused to store what became of the row; Google may have it.",
            "Find the trigger or constraint that the SQLSTATE in its message names, then requeue the row.",
            "WRITE_BACK_REFUSED"),
        .. Of("The worker", Operator, "The database refused to hand the row to a worker; it was not sent.",
            "Find the trigger or constraint that the SQLSTATE in its message names, then requeue the row.",
            "CLAIM_REFUSED"),
        .. Of("Corrections", Nobody, "The sale was canceled before it was counted; it is not sent.", "Nothing. Confirmed again, it is sent.",
            "SALE_CANCELED"),
        .. Of("Corrections", Operator, "The sale was confirmed again, or changed, after its retraction. Google never counts it again.",
            "If it must count, upload it as a sale of its own.", "CONVERSION_RETRACTED"),
        .. Of("Corrections", Nobody, "The sale changed again before this was answered; its newest state is sent.", "Nothing.",
            "CORRECTION_REPLACED"),
    ];

    private const string CategoryTopic = "Categories";

    /// <summary>What each category means, whatever the code.</summary>
    public static IReadOnlyList<ErrorMeaning> Categories { get; } =
    [
        new("VALIDATION", CategoryTopic, "The row itself is wrong; sending it again cannot help.",
            "Read its message. Correct the sale if it can be corrected, then requeue the row.", SiteOwner),
        new("AUTH", CategoryTopic, "Google refuses the site's credentials.",
            "Ask the site owner to give consent again, store the new credentials, then requeue the failed rows.", SiteOwner),
        new("TRANSIENT", CategoryTopic, "Google, or the way to it, is unwell.", "Nothing: it is sent again by itself.", Nobody),
        new("RATE_LIMIT", CategoryTopic, "Google asks us to slow down.", "Nothing: the rows wait and go by themselves.", Nobody),
        new("CONFIGURATION", CategoryTopic, "The account, the conversion action or the worker is set up wrongly; the rows wait.",
            "Read the row's message, which says what to set. The rows go by themselves after the fix.", Operator),
    ];

    /// <summary>Every code, by topic, in the order in which they are told.</summary>
    public static IReadOnlyList<ErrorMeaning> All { get; } =
        [.. Access, .. Setup, .. Click, .. Consent, .. Sale, .. Correction, .. Waiting, .. Quota, .. Outage, .. Counting, .. Worker];

    /// <summary>One meaning for each of several codes.</summary>
    private static IEnumerable<ErrorMeaning> Of(
        string topic, Responsible who, string meaning, string action, params string[] codes) =>
        codes.Select(code => new ErrorMeaning(code, topic, meaning, action, who));
}
