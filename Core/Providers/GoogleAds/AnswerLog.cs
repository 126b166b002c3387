using Microsoft.Extensions.Logging;
using OpsMantik.Core.Providers.GoogleAds.Errors;

namespace OpsMantik.Core.Providers.GoogleAds;

/// <summary>What of an answer is worth a line: the call itself, and what a person should look into.</summary>
internal static class AnswerLog
{
    public static void Write(
        ILogger log,
        string customerId,
        int status,
        IReadOnlyList<Conversion> sent,
        IReadOnlyList<UploadOutcome> outcomes,
        Failure failure)
    {
        var completed = outcomes.Count(outcome => outcome.Kind == OutcomeKind.Completed);
        GoogleAdsLog.Answered(log, status, customerId, sent.Count, completed, outcomes[0].RequestId);
        var foreign = Enumerable.Range(0, sent.Count).Count(index =>
            outcomes[index].Code == "CLICK_CONVERSION_ALREADY_EXISTS" && !sent[index].MayHaveBeenSent);
        if (foreign > 0)
        {
            GoogleAdsLog.CountedElsewhere(log, foreign, customerId);
        }

        foreach (var name in failure.Errors
            .Where(error => error.ListedClass is null)
            .Select(error => $"{error.Family}.{error.Name}")
            .Distinct())
        {
            GoogleAdsLog.UnlistedError(log, name);
        }

        foreach (var parked in outcomes
            .Where(outcome => outcome.Category == ErrorCategory.Configuration)
            .DistinctBy(outcome => outcome.Code))
        {
            GoogleAdsLog.Parked(log, customerId, parked.Code!, parked.Message!);
        }

        if (failure.Errors.Any(error => error.Name == ErrorAdvice.UnsupportedVersion))
        {
            GoogleAdsLog.VersionRetired(log);
        }
    }
}
