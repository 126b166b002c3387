namespace OpsMantik.Core.Providers.DataManager.Errors;

/// <summary>What an error of a class means for a row.</summary>
internal static class RowOutcomes
{
    /// <summary>How long Google holds a click too recent; the older API states the number, this one none.</summary>
    public static readonly TimeSpan EventWait = TimeSpan.FromHours(6);

    private static readonly TimeSpan ParkedWait = TimeSpan.FromHours(6);

    /// <param name="errorClass">Null for a name that no table lists: tried again, which the retry policy bounds.</param>
    /// <param name="name">Google's name for it.</param>
    /// <param name="said">Google's words, scrubbed; may be empty.</param>
    /// <param name="wait">The wait Google asks for, if any.</param>
    public static UploadOutcome For(ErrorClass? errorClass, string name, string said, TimeSpan? wait = null) =>
        errorClass switch
        {
            ErrorClass.AlreadyCounted => UploadOutcome.Completed(name),
            ErrorClass.Permanent => UploadOutcome.Failed(name, ErrorCategory.Validation, Say(name, said)),
            ErrorClass.Auth => UploadOutcome.Failed(name, ErrorCategory.Auth, SayAuth(name, said)),
            ErrorClass.Configuration =>
                UploadOutcome.Postponed(name, ErrorCategory.Configuration, WithAdvice(name, said), ParkedWait),
            ErrorClass.WaitForEvent =>
                UploadOutcome.Postponed(name, ErrorCategory.Transient, Say(name, said), EventWait),
            ErrorClass.RateLimit => UploadOutcome.Retry(name, ErrorCategory.RateLimit, Say(name, said), wait),
            _ => UploadOutcome.Retry(name, ErrorCategory.Transient, Say(name, said), wait),
        };

    private static string Say(string name, string said) => said.Length == 0 ? $"Google answered {name}." : said;

    private static string SayAuth(string name, string said) =>
        name == ErrorReasonTable.ScopeInsufficient ? WithAdvice(name, said) : Say(name, said);

    private static string WithAdvice(string name, string said)
    {
        var text = said.Length == 0 ? Advice.For(name) : $"{Advice.For(name)} Google said: {said}";
        return text.Length <= SecretScrubber.MaxLength ? text : text[..SecretScrubber.MaxLength];
    }
}
