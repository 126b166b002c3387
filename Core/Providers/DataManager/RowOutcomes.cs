namespace OpsMantik.Core.Providers.DataManager;

/// <summary>What an error of a class means for a row.</summary>
internal static class RowOutcomes
{
    /// <summary>How long Google holds a click too recent; the older API states the number, this one none.</summary>
    public static readonly TimeSpan EventWait = TimeSpan.FromHours(6);

    private static readonly TimeSpan ParkedWait = TimeSpan.FromHours(6);

    /// <param name="errorClass">Null for a name that no table lists: tried again, which the retry policy bounds.</param>
    /// <param name="name">Google's name for it.</param>
    /// <param name="message">Google's words, scrubbed; may be empty.</param>
    /// <param name="wait">The wait Google asks for, if any.</param>
    public static UploadOutcome For(ErrorClass? errorClass, string name, string message, TimeSpan? wait = null) =>
        errorClass switch
        {
            ErrorClass.AlreadyCounted => UploadOutcome.Completed(name),
            ErrorClass.Permanent => UploadOutcome.Failed(name, ErrorCategory.Validation, Describe(name, message)),
            ErrorClass.Auth => UploadOutcome.Failed(name, ErrorCategory.Auth, DescribeAuth(name, message)),
            ErrorClass.Configuration =>
                UploadOutcome.Postponed(name, ErrorCategory.Configuration, WithRemedy(name, message), ParkedWait),
            ErrorClass.WaitForEvent =>
                UploadOutcome.Postponed(name, ErrorCategory.Transient, Describe(name, message), EventWait),
            ErrorClass.RateLimit => UploadOutcome.Retry(name, ErrorCategory.RateLimit, Describe(name, message), wait),
            _ => UploadOutcome.Retry(name, ErrorCategory.Transient, Describe(name, message), wait),
        };

    private static string Describe(string name, string message) => message.Length == 0 ? $"Google answered {name}." : message;

    private static string DescribeAuth(string name, string message) =>
        name == ErrorReasonTable.ScopeInsufficient ? WithRemedy(name, message) : Describe(name, message);

    private static string WithRemedy(string name, string message)
    {
        var text = message.Length == 0 ? ReasonRemedy.For(name) : $"{ReasonRemedy.For(name)} Google said: {message}";
        return text.Length <= SecretScrubber.MaxLength ? text : text[..SecretScrubber.MaxLength];
    }
}

/// <summary>What a refusal means for all rows of the request.</summary>
internal static class RequestOutcome
{
    private static readonly TimeSpan ParkedWait = TimeSpan.FromHours(6);

    /// <returns>
    /// Null when the refusal is about single rows (HTTP 400 that names no destination, account, permission or quota).
    /// Quotas (HTTP 429) are not decided here.
    /// </returns>
    public static UploadOutcome? For(ApiRefusal refusal)
    {
        var listed = ErrorReasonTable.Find(refusal.Name);
        var message = refusal.Message;
        if (refusal.Status is >= 500 or 408)
        {
            return UploadOutcome.Retry(
                $"HTTP_{refusal.Status}",
                ErrorCategory.Transient,
                message.Length == 0 ? $"Google answered HTTP {refusal.Status}." : message,
                refusal.RetryDelay);
        }

        return refusal.Status switch
        {
            400 when refusal.Violations.Any(violation => violation.Index is not null) => null,
            400 when refusal.Violations.FirstOrDefault(IsShared) is { } shared =>
                RowOutcomes.For(ErrorClass.Configuration, shared.Name, shared.Message),
            400 when refusal.IsGoogles && listed is null or ErrorClass.Permanent => null,
            401 when listed is null => RowOutcomes.For(ErrorClass.Auth, refusal.Name, message),
            403 when listed is null or ErrorClass.Permanent =>
                RowOutcomes.For(ErrorClass.Auth, refusal.Name, message),
            404 when listed is null or ErrorClass.Configuration => UploadOutcome.Postponed(
                refusal.Name,
                ErrorCategory.Configuration,
                "Google knows no such address or account: check DataManager__BaseAddress, customer_id and"
                + " conversion_action_id.",
                ParkedWait),
            _ => RowOutcomes.For(listed ?? ErrorClass.Transient, refusal.Name, message, refusal.RetryDelay),
        };
    }

    private static bool IsShared(Violation violation) => FieldPath.IsOfDestination(violation.Path);
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
