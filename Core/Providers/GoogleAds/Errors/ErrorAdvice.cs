namespace OpsMantik.Core.Providers.GoogleAds.Errors;

/// <summary>What a person has to do about an error that no retry heals.</summary>
internal static class ErrorAdvice
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
        "UNAUTHORIZED_CUSTOMER" or "INVALID_CUSTOMER_FOR_CLICK" =>
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
