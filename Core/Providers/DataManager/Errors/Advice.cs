namespace OpsMantik.Core.Providers.DataManager.Errors;

/// <summary>What a person has to do about an error that no retry heals.</summary>
internal static class Advice
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
