namespace OpsMantik.Core.Providers.DataManager;

/// <summary>What an error of a class means for a row.</summary>
internal static class RowOutcomes
{
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
                UploadOutcome.Postponed(name, ErrorCategory.Configuration, WithRemedy(name, message), OutcomeWaits.Parked),
            ErrorClass.WaitForEvent =>
                UploadOutcome.Postponed(name, ErrorCategory.Transient, Describe(name, message), OutcomeWaits.TooRecent),
            ErrorClass.RateLimit => UploadOutcome.Retry(name, ErrorCategory.RateLimit, Describe(name, message), wait),
            _ => UploadOutcome.Retry(name, ErrorCategory.Transient, Describe(name, message), wait),
        };

    private static string Describe(string name, string message) => message.Length == 0 ? $"Google answered {name}." : message;

    private static string DescribeAuth(string name, string message) =>
        name == ErrorReasonTable.ScopeInsufficient ? WithRemedy(name, message) : Describe(name, message);

    private static string WithRemedy(string name, string message) => message.Length == 0
        ? ReasonRemedy.For(name)
        : SecretScrubber.Truncate($"{ReasonRemedy.For(name)} Google said: {message}");
}

/// <summary>What a refusal means for all rows of the request.</summary>
internal static class RequestOutcome
{
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
                OutcomeWaits.Parked),
            _ => RowOutcomes.For(listed ?? ErrorClass.Transient, refusal.Name, message, refusal.RetryDelay),
        };
    }

    private static bool IsShared(Violation violation) => FieldPath.IsOfDestination(violation.Path);
}
