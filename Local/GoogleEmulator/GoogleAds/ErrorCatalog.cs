using System.Collections.Frozen;

namespace OpsMantik.Local.GoogleEmulator.GoogleAds;

/// <summary>Google's error enums by name, with the <c>errorCode</c> key each belongs under and Google's words.</summary>
internal static class ErrorCatalog
{
    private const string Upload = "conversionUploadError";

    private static readonly FrozenDictionary<string, ErrorKind> Kinds = new ErrorKind[]
    {
        new(Upload, "TOO_MANY_CONVERSIONS_IN_REQUEST", "Upload fewer than 2001 events in a single request."),
        new(Upload, "UNPARSEABLE_GCLID", "The imported gclid could not be decoded.", "gclid"),
        new(Upload, "UNPARSEABLE_GBRAID", "Can't parse event import data. Check if your gbraid parameter was not "
            + "modified and try again.", "gbraid"),
        new(Upload, "UNPARSEABLE_WBRAID", "Can't parse event import data. Check if your wbraid parameter was not "
            + "modified and try again.", "wbraid"),
        new(Upload, "CONVERSION_PRECEDES_EVENT", "The imported event has a `conversion_date_time` that precedes the "
            + "click. Make sure your `conversion_date_time` is correct and try again.", "conversion_date_time"),
        new(Upload, "EXPIRED_EVENT", "The imported event can't be recorded because its click occurred before this "
            + "conversion's click-through window. Make sure you import the most recent data.", ErrorKind.ClickId),
        new(Upload, "TOO_RECENT_EVENT", "The click associated with the given identifier or iOS URL parameter occurred "
            + "less than 6 hours ago. Retry after 6 hours have passed.", ErrorKind.ClickId),
        new(Upload, "EVENT_NOT_FOUND", "The imported event could not be attributed to a click. This may be because "
            + "the event did not come from a Google Ads campaign.", ErrorKind.ClickId),
        new(Upload, "CLICK_NOT_FOUND", "The email address or phone number for this event can't be matched to a click. "
            + "This may be because it didn't come from a Google Ads campaign, and you can safely ignore this warning.",
            "user_identifiers"),
        new(Upload, "UNAUTHORIZED_CUSTOMER", "The click ID or call is associated with an Ads account you don't have "
            + "access to.", ErrorKind.ClickId),
        new(Upload, "INVALID_CUSTOMER_FOR_CLICK", "The click from the imported event is associated with a different "
            + "Google Ads account. Make sure you're importing to the correct account.", ErrorKind.ClickId),
        new(Upload, "TOO_RECENT_CONVERSION_ACTION", "Can't import events to a conversion action that was just created. "
            + "Try importing again in 6 hours.", "conversion_action"),
        new(Upload, "NO_CONVERSION_ACTION_FOUND", "The conversion action specified in the upload request cannot be "
            + "found. Make sure it's available in this account.", "conversion_action"),
        new(Upload, "INVALID_CONVERSION_ACTION_TYPE", "The conversion action specified in the upload request isn't set "
            + "up for uploading conversions.", "conversion_action"),
        new(Upload, "ONE_PER_CLICK_CONVERSION_ACTION_NOT_PERMITTED_WITH_BRAID", "Conversion actions that use "
            + "one-per-click counting can't be used with gbraid or wbraid parameters.", ErrorKind.ClickId),
        new(Upload, "ORDER_ID_ALREADY_IN_USE", "The imported event includes an order ID that was previously recorded, "
            + "so the event was not processed.", "order_id"),
        new(Upload, "DUPLICATE_ORDER_ID", "Imported events include multiple conversions with the same order ID and "
            + "were not processed. Make sure order IDs are unique and try again.", "order_id"),
        new(Upload, "ORDER_ID_CONTAINS_PII", "Can't import events with order IDs containing personally-identifiable "
            + "information (PII).", "order_id"),
        new(Upload, "CLICK_CONVERSION_ALREADY_EXISTS", "The imported event has the same click and "
            + "`conversion_date_time` as an existing conversion. Use a unique `conversion_date_time` or order ID for "
            + "each unique event and try again.", ErrorKind.ClickId),
        new(Upload, "DUPLICATE_CLICK_CONVERSION_IN_REQUEST", "Multiple events have the same click and "
            + "`conversion_date_time`. Make sure your `conversion_date_time` is correctly configured and try again.",
            ErrorKind.ClickId),
        new(Upload, "GBRAID_WBRAID_BOTH_SET", "Can't use both gbraid and wbraid parameters. Use only 1 and try again."),
        new(Upload, "INVALID_USER_IDENTIFIER", "Make sure you hash user provided data using SHA-256 and ensure you are "
            + "normalizing according to the guidelines.", "user_identifiers"),
        new(Upload, "UNSUPPORTED_USER_IDENTIFIER", "The provided user identifiers are not supported. Use only hashed "
            + "email or phone number and try again.", "user_identifiers"),
        new(Upload, "CUSTOMER_NOT_ENABLED_ENHANCED_CONVERSIONS_FOR_LEADS", "Make sure you've turned on enhanced conversions "
            + "for leads in conversion settings and try again.", "user_identifiers"),
        new(Upload, "CUSTOMER_NOT_ACCEPTED_CUSTOMER_DATA_TERMS", "Make sure you agree to the customer data processing "
            + "terms in conversion settings and try again.", "user_identifiers"),
        new("internalError", "INTERNAL_ERROR", "An internal error has occurred."),
        new("internalError", "TRANSIENT_ERROR", "A transient internal error has occurred. Retry the request."),
        new("internalError", "DEADLINE_EXCEEDED", "The request took longer than a deadline."),
        new("internalError", "ERROR_CODE_NOT_PUBLISHED", "The API error is not published in this version."),
        new("databaseError", "CONCURRENT_MODIFICATION", "Multiple requests were attempting to modify the same resource "
            + "at once. Retry the request."),
        new("databaseError", "DATA_CONSTRAINT_VIOLATION", "The request conflicted with existing data. This error will "
            + "usually be replaced with a more specific error if the request is retried."),
        new("databaseError", "REQUEST_TOO_LARGE", "The data written is too large. Please split the request into "
            + "smaller requests."),
        new("quotaError", "RESOURCE_EXHAUSTED", "Too many requests."),
        new("quotaError", "RESOURCE_TEMPORARILY_EXHAUSTED", "Too many requests in a short amount of time."),
        new("quotaError", "ACCESS_PROHIBITED", "Access is prohibited."),
        new("dateError", "INVALID_STRING_DATE_TIME_SECONDS_WITH_OFFSET", "The string date time's format should be "
            + "yyyy-mm-dd hh:mm:ss+|-hh:mm.", "conversion_date_time"),
        new("dateError", "LATER_THAN_MAXIMUM_DATE", "Date is after allowed maximum.", "conversion_date_time"),
        new("fieldError", "REQUIRED", "The required field was not present."),
        new("fieldError", "VALUE_MUST_BE_UNSET", "The field must be unset."),
        new("fieldError", "INVALID_VALUE", "The field's value is invalid."),
        new("rangeError", "TOO_LOW", "Too low."),
        new("collectionSizeError", "TOO_MANY", "Too many."),
        new("currencyCodeError", "UNSUPPORTED", "The currency code is not supported.", "currency_code"),
        new("requestError", "RESOURCE_NAME_MALFORMED", "Resource name is malformed.", "conversion_action"),
        new("requestError", "INVALID_CUSTOMER_ID", "Invalid customer ID."),
        new("requestError", "PAGE_SIZE_NOT_SUPPORTED", "Setting the page size is not supported."),
        new("queryError", "UNRECOGNIZED_FIELD", "Unrecognized field in the query."),
        new("requestError", "REQUIRED_FIELD_MISSING", "The required field was not present in the request."),
        new("requestError", "UNSUPPORTED_VERSION", "The version of the API is no longer supported. Requests to it are "
            + "blocked."),
        new("headerError", "INVALID_LOGIN_CUSTOMER_ID", "The login customer ID could not be validated."),
        new("authenticationError", "AUTHENTICATION_ERROR", "Authentication of the request failed."),
        new("authenticationError", "OAUTH_TOKEN_INVALID", "OAuth token in the header is not valid."),
        new("authenticationError", "OAUTH_TOKEN_EXPIRED", "OAuth token in the header has expired."),
        new("authenticationError", "CUSTOMER_NOT_FOUND", "No customer found for the provided customer ID."),
        new("authenticationError", "NOT_ADS_USER", "The Google account that generated the OAuth access token is not "
            + "associated with a Google Ads account."),
        new("authorizationError", "USER_PERMISSION_DENIED", "User doesn't have permission to access customer. Note: If "
            + "you're accessing a client customer, the manager's customer id must be set in the 'login-customer-id' "
            + "header."),
        new("authorizationError", "CUSTOMER_NOT_ENABLED", "The customer account can't be accessed because it is not "
            + "yet enabled or has been deactivated."),
        new("authorizationError", "CLOUD_PROJECT_NOT_APPROVED_FOR_PRODUCTION", "The Cloud project is not approved for "
            + "production access."),
        new("notAllowlistedError", "CUSTOMER_NOT_ALLOWLISTED_FOR_THIS_FEATURE", "Customer is not allowlisted for "
            + "accessing this feature."),
    }.ToFrozenDictionary(kind => kind.Code);

    public static bool Contains(string code) => Kinds.ContainsKey(code);

    /// <summary>
    /// The kind of that name. A name that is not listed counts as an upload error, so that a value Google may add
    /// tomorrow can be emulated today.
    /// </summary>
    public static ErrorKind Find(string code) =>
        Kinds.TryGetValue(code, out var kind)
            ? kind
            : AdjustmentErrors.FindOwn(code) ?? new ErrorKind(Upload, code, "The imported event could not be processed.");
}

/// <summary>One value of one of Google's error enums.</summary>
/// <param name="Key">Name in the <c>errorCode</c> object, such as <c>conversionUploadError</c>.</param>
/// <param name="Code">Enum name.</param>
/// <param name="Message">What Google says of it.</param>
/// <param name="Field">Field of a conversion it points at: <see cref="ClickId"/>, a name, or null for the whole row.</param>
internal sealed record ErrorKind(string Key, string Code, string Message, string? Field = null)
{
    /// <summary>Stands for whichever of gclid, gbraid and wbraid the row has.</summary>
    public const string ClickId = "click_id";
}

/// <summary>One <c>GoogleAdsError</c>.</summary>
/// <param name="Kind">What is wrong.</param>
/// <param name="Index">The conversion it is about; null for the whole request.</param>
/// <param name="Field">Field of the conversion, in snake case; null for the whole row.</param>
/// <param name="Trigger">The value at fault.</param>
internal sealed record GoogleAdsError(ErrorKind Kind, int? Index = null, string? Field = null, string? Trigger = null)
{
    /// <summary>The list of the request that <see cref="Index"/> counts in.</summary>
    public string Rows { get; init; } = "conversions";

    /// <summary>Set on quota errors.</summary>
    public QuotaDetails? Quota { get; init; }

    /// <summary>Which item of a repeated field.</summary>
    public int? FieldIndex { get; init; }
}

/// <summary><c>quotaErrorDetails</c>: whose rate it is (ACCOUNT or DEVELOPER), its name, and the wait.</summary>
internal sealed record QuotaDetails(string RateScope, string RateName, TimeSpan RetryDelay)
{
    private const string Account = "ACCOUNT";
    private const string Developer = "DEVELOPER";

    public static QuotaDetails Temporary(TimeSpan retryDelay) =>
        new(Account, "Requests per customer per minute", retryDelay);

    public static QuotaDetails Daily(TimeSpan retryDelay) =>
        new(Developer, "Number of operations for basic access", retryDelay);

    /// <summary>What a single row's quota error carries; null for other errors.</summary>
    public static QuotaDetails? ForRow(string code) => code switch
    {
        "RESOURCE_TEMPORARILY_EXHAUSTED" => Temporary(TimeSpan.FromSeconds(30)),
        "RESOURCE_EXHAUSTED" => Daily(TimeSpan.FromHours(12)),
        _ => null,
    };
}
