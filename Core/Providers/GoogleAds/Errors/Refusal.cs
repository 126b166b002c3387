namespace OpsMantik.Core.Providers.GoogleAds.Errors;

/// <summary>What the refusal of a whole request means for each of its rows.</summary>
internal static class Refusal
{
    public static UploadOutcome For(GoogleAdsAnswer answer, Failure failure)
    {
        var error = failure.Errors.Count == 0 ? null : Verdict.Gravest(failure.Errors);
        var code = error?.Name ?? failure.Name ?? $"HTTP_{answer.Status}";
        var said = error?.Message is { Length: > 0 } own ? own : failure.Message;
        var wait = failure.RetryDelay ?? answer.RetryAfter;
        if (answer.Status is >= 500 or 408)
        {
            return UploadOutcome.Retry(
                $"HTTP_{answer.Status}", ErrorCategory.Transient, Say(answer, failure.Name ?? code, said), wait);
        }

        // Nobody's row is to blame for these, whatever status they come with: failing the rows would lose a site's, or
        // with a retired version every site's, sales until someone re-queues them by hand.
        if (failure.Errors.FirstOrDefault(IsOfTheCaller) is { } caller)
        {
            return Verdict.Parked(caller.Name, caller.Message);
        }

        if (answer.Status == 429 || error?.ListedClass is ErrorClass.RateLimit)
        {
            return UploadOutcome.Retry(code, ErrorCategory.RateLimit, Say(answer, code, said), wait);
        }

        if (error?.ListedClass is ErrorClass.Transient or ErrorClass.DuplicateInRequest)
        {
            return UploadOutcome.Retry(code, ErrorCategory.Transient, Say(answer, code, said), wait);
        }

        return answer.Status switch
        {
            400 => UploadOutcome.Failed(code, ErrorCategory.Validation, Say(answer, code, said)),
            401 or 403 => UploadOutcome.Failed(code, ErrorCategory.Auth, Say(answer, code, said)),
            // The path holds only the version and the customer: one of them is wrong, or the base address.
            404 => UploadOutcome.Postponed(
                code,
                ErrorCategory.Configuration,
                "Google knows no such address: check GoogleAds__ApiVersion, GoogleAds__BaseAddress and customer_id.",
                TimeSpan.FromHours(6)),
            _ => UploadOutcome.Retry(code, ErrorCategory.Transient, Say(answer, code, said), wait),
        };
    }

    private static bool IsOfTheCaller(ReportedError error) =>
        error.Name is ErrorAdvice.NotAllowlisted or ErrorAdvice.UnsupportedVersion;

    private static string Say(GoogleAdsAnswer answer, string code, string said) =>
        said.Length == 0 ? $"Google answered HTTP {answer.Status} ({code})." : said;
}
