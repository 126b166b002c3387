namespace OpsMantik.Core.Providers.DataManager.Errors;

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
        var said = refusal.Message;
        if (refusal.Status is >= 500 or 408)
        {
            return UploadOutcome.Retry(
                $"HTTP_{refusal.Status}",
                ErrorCategory.Transient,
                said.Length == 0 ? $"Google answered HTTP {refusal.Status}." : said,
                refusal.RetryDelay);
        }

        return refusal.Status switch
        {
            400 when refusal.Violations.Any(violation => violation.Index is not null) => null,
            400 when refusal.Violations.FirstOrDefault(IsShared) is { } shared =>
                RowOutcomes.For(ErrorClass.Configuration, shared.Name, shared.Message),
            400 when refusal.IsGoogles && listed is null or ErrorClass.Permanent => null,
            401 when listed is null => RowOutcomes.For(ErrorClass.Auth, refusal.Name, said),
            403 when listed is null or ErrorClass.Permanent =>
                RowOutcomes.For(ErrorClass.Auth, refusal.Name, said),
            404 when listed is null or ErrorClass.Configuration => UploadOutcome.Postponed(
                refusal.Name,
                ErrorCategory.Configuration,
                "Google knows no such address or account: check DataManager__BaseAddress, customer_id and"
                + " conversion_action_id.",
                ParkedWait),
            _ => RowOutcomes.For(listed ?? ErrorClass.Transient, refusal.Name, said, refusal.RetryDelay),
        };
    }

    private static bool IsShared(Violation violation) => FieldPath.IsOfDestination(violation.Path);
}
