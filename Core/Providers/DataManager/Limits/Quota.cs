using OpsMantik.Core.Providers.DataManager.Errors;

namespace OpsMantik.Core.Providers.DataManager.Limits;

/// <summary>
/// Google says that the project's quota is used up. It is remembered at the project's gate, so that its other sites are
/// not even sent, and spends no attempt: it is no site's failure.
/// </summary>
internal static class Quota
{
    private static readonly TimeSpan DefaultPause = TimeSpan.FromSeconds(60);

    /// <summary>Null when the refusal is about something else.</summary>
    public static UploadOutcome? Find(ApiRefusal refusal, RequestGate gate)
    {
        var isQuota = refusal.Status == 429
            || (refusal.Status is 400 or 403 && ErrorReasonTable.Find(refusal.Name) is ErrorClass.RateLimit);
        if (!isQuota)
        {
            return null;
        }

        if (refusal.IsOfDay)
        {
            return gate.CloseForToday(refusal.RetryDelay);
        }

        var pause = refusal.RetryDelay ?? DefaultPause;
        gate.Pause(pause);
        return UploadOutcome.Postponed(
            refusal.Name,
            ErrorCategory.RateLimit,
            refusal.Message.Length == 0 ? "Google asks us to slow down." : refusal.Message,
            pause);
    }
}
