namespace OpsMantik.Core.Providers.GoogleAds.Errors;

/// <summary>Turns reported errors into a row's outcome.</summary>
internal static class Verdict
{
    private static readonly TimeSpan EventWait = TimeSpan.FromHours(6);
    private static readonly TimeSpan ParkedWait = TimeSpan.FromHours(6);
    private static readonly TimeSpan DuplicateWait = TimeSpan.FromMinutes(5);

    /// <summary>The error that decides; of two of one class the first.</summary>
    public static ReportedError Gravest(IEnumerable<ReportedError> errors) => errors.MinBy(error => error.Class)!;

    public static UploadOutcome For(ReportedError error, Conversion conversion) => error.Class switch
    {
        ErrorClass.AlreadyCounted => UploadOutcome.Completed(error.Name),
        ErrorClass.OrderIdTaken when conversion.OrderIdIsSaleId || conversion.MayHaveBeenSent =>
            UploadOutcome.Completed(error.Name),
        ErrorClass.OrderIdTaken or ErrorClass.Permanent =>
            UploadOutcome.Failed(error.Name, ErrorCategory.Validation, Say(error)),
        ErrorClass.Auth => UploadOutcome.Failed(error.Name, ErrorCategory.Auth, Say(error)),
        ErrorClass.Configuration => Parked(error.Name, error.Message),
        ErrorClass.WaitForEvent =>
            UploadOutcome.Postponed(error.Name, ErrorCategory.Transient, Say(error), EventWait),
        ErrorClass.RateLimit =>
            UploadOutcome.Retry(error.Name, ErrorCategory.RateLimit, Say(error), error.RetryDelay),
        ErrorClass.DuplicateInRequest =>
            UploadOutcome.Postponed(error.Name, ErrorCategory.Transient, Say(error), DuplicateWait),
        _ => UploadOutcome.Retry(error.Name, ErrorCategory.Transient, Say(error), error.RetryDelay),
    };

    /// <summary>Waits unspent for a person; says what to do.</summary>
    public static UploadOutcome Parked(string name, string said) => UploadOutcome.Postponed(
        name,
        ErrorCategory.Configuration,
        said.Length == 0 ? ErrorAdvice.For(name) : Cut($"{ErrorAdvice.For(name)} Google said: {said}"),
        ParkedWait);

    /// <summary>What happened is unknown: neither counted nor refused can be claimed.</summary>
    public static UploadOutcome Unknown(string code, string message) =>
        UploadOutcome.Retry(code, ErrorCategory.Transient, message);

    private static string Say(ReportedError error) =>
        error.Message.Length == 0 ? $"Google answered {error.Name}." : error.Message;

    private static string Cut(string text) =>
        text.Length <= SecretScrubber.MaxLength ? text : text[..SecretScrubber.MaxLength];
}
