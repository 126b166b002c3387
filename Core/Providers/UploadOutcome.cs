namespace OpsMantik.Core.Providers;

/// <summary>
/// What became of one conversion, as a value: a provider answers with one of these per job and keeps exceptions for
/// bugs and broken infrastructure. Texts must already be free of secrets.
/// </summary>
public sealed record UploadOutcome
{
    private UploadOutcome(OutcomeKind kind) => Kind = kind;

    public OutcomeKind Kind { get; }

    /// <summary>The provider's own enum value, or one of ours (<c>MISSING_CLICK_ID</c>); null on a plain success.</summary>
    public string? Code { get; private init; }

    public ErrorCategory? Category { get; private init; }

    /// <summary>Plain words for an operator.</summary>
    public string? Message { get; private init; }

    /// <summary>Earliest wait before the next try; null leaves it to the retry policy.</summary>
    public TimeSpan? RetryAfter { get; private init; }

    /// <summary>
    /// Whether this counts against the row's maximum of attempts. Waiting for a too recent event, for a fix of the
    /// configuration, or for a result nobody knows does not.
    /// </summary>
    public bool SpendsAttempt { get; private init; }

    /// <summary>
    /// False when the conversion certainly never left this process. Otherwise a later "already exists" may be the answer
    /// to this attempt.
    /// </summary>
    public bool MayHaveBeenSent { get; init; } = true;

    /// <summary>The provider's id for the request, for its support, and for asking what became of it.</summary>
    public string? RequestId { get; init; }

    /// <summary>The conversion's place in a submitted request, from 0; null for every other outcome.</summary>
    public int? RequestIndex { get; private init; }

    /// <summary>The provider has it. A <paramref name="code"/> says that it had it before ("already exists").</summary>
    public static UploadOutcome Completed(string? code = null) => new(OutcomeKind.Completed) { Code = code };

    /// <summary>The provider accepted the request and will say later what became of the conversion.</summary>
    /// <param name="requestId">What to ask for.</param>
    /// <param name="requestIndex">The conversion's place in the request, from 0.</param>
    public static UploadOutcome Submitted(string requestId, int requestIndex) =>
        new(OutcomeKind.Submitted) { RequestId = requestId, RequestIndex = requestIndex };

    /// <summary>A real attempt that may succeed later.</summary>
    public static UploadOutcome Retry(string code, ErrorCategory category, string message, TimeSpan? after = null) =>
        new(OutcomeKind.Retry)
        {
            Code = code,
            Category = category,
            Message = message,
            RetryAfter = after,
            SpendsAttempt = true,
        };

    /// <summary>To be sent after a wait that is nobody's failure; spends no attempt and tells the circuit nothing.</summary>
    public static UploadOutcome Postponed(string code, ErrorCategory category, string message, TimeSpan after) =>
        new(OutcomeKind.Retry) { Code = code, Category = category, Message = message, RetryAfter = after };

    /// <summary>The provider refused it for good.</summary>
    public static UploadOutcome Failed(string code, ErrorCategory category, string message) =>
        new(OutcomeKind.Failed) { Code = code, Category = category, Message = message, SpendsAttempt = true };

    /// <summary>Refused by our own checks; it never reached the provider, so no attempt is spent.</summary>
    public static UploadOutcome Unsendable(string code, string message) =>
        new(OutcomeKind.Failed)
        {
            Code = code,
            Category = ErrorCategory.Validation,
            Message = message,
            MayHaveBeenSent = false,
        };
}
