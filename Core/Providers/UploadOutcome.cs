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

    /// <summary>For an operator.</summary>
    public string? Message { get; internal init; }

    /// <summary>Earliest wait before the next try; null leaves it to the retry policy.</summary>
    public TimeSpan? RetryAfter { get; private init; }

    /// <summary>
    /// Whether this counts against the row's maximum of attempts. Waiting for a too recent event, for a fix of the
    /// configuration, or for an unknown result does not.
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
    /// <param name="code">What an operator must know of it already; null for nothing.</param>
    public static UploadOutcome Submitted(string requestId, int requestIndex, string? code = null) =>
        new(OutcomeKind.Submitted) { RequestId = requestId, RequestIndex = requestIndex, Code = code };

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

    /// <summary>To be sent after a wait that is no failure; spends no attempt and does not count for the circuit.</summary>
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

/// <summary>Waits that spend no attempt, the same on every transport.</summary>
internal static class OutcomeWaits
{
    /// <summary>How long Google holds a click, or a new conversion action, too recent (the Google Ads API states it).</summary>
    public static readonly TimeSpan TooRecent = TimeSpan.FromHours(6);

    /// <summary>A set-up at fault is looked at again after this, without end: a person may have mended it.</summary>
    public static readonly TimeSpan Parked = TimeSpan.FromHours(6);

    /// <summary>Until a conversion that shares this one's identity has gone first.</summary>
    public static readonly TimeSpan Duplicate = TimeSpan.FromMinutes(5);
}

/// <summary>
/// "Already exists" for a conversion that certainly was never sent: Google has another one of the same action, click and second,
/// and did not count this one.
/// </summary>
internal static class OtherSale
{
    public const string Code = "COUNTED_FOR_ANOTHER_SALE";

    public static readonly UploadOutcome Outcome = UploadOutcome.Failed(
        Code,
        ErrorCategory.Validation,
        "Google already has a conversion of this click at this second, and this sale was never sent before: it was not counted."
        + " If another program sent it, nothing is to be done; else give it a time of its own and re-queue it.");
}

/// <summary>Where one job of an upload ended.</summary>
public enum OutcomeKind
{
    /// <summary>The provider has the conversion, now or from an earlier attempt.</summary>
    Completed,

    /// <summary>The provider took the request and decides later; a confirmation run asks what became of it.</summary>
    Submitted,

    /// <summary>To be sent again, at a time.</summary>
    Retry,

    /// <summary>Will not be sent again unless an operator re-queues it.</summary>
    Failed,
}

/// <summary>What kind of error it is, and so who has to act; stored upper-case in <c>provider_error_category</c>.</summary>
public enum ErrorCategory
{
    /// <summary>The row itself is wrong; sending it again cannot help.</summary>
    Validation,

    /// <summary>The site's credentials are refused; a person must replace them and re-queue.</summary>
    Auth,

    /// <summary>The provider or the network failed; the same request may succeed later.</summary>
    Transient,

    /// <summary>The provider asks us to slow down.</summary>
    RateLimit,

    /// <summary>Account, action or worker is set up wrongly; rows wait, unspent, for the fix.</summary>
    Configuration,
}

/// <summary>
/// What a provider's error means for the row. The order is that of gravity: of several errors on one row the first
/// class decides. A conversion that is already counted is counted whatever else was said; a lasting error of the row
/// outlives any fix or wait beside it; what spends no attempt comes before what does, and last what only says that the
/// row was not looked at.
/// </summary>
internal enum ErrorClass
{
    /// <summary>The provider has this very conversion: a success.</summary>
    AlreadyCounted,

    /// <summary>The order id is taken: a success if only we can have taken it.</summary>
    OrderIdTaken,

    /// <summary>The row itself is wrong for good.</summary>
    Permanent,

    /// <summary>The site's credentials are refused.</summary>
    Auth,

    /// <summary>Account, action or worker is set up wrongly: the row is parked until a person has fixed it.</summary>
    Configuration,

    /// <summary>Too early after the click or after the action was made: wait, unspent.</summary>
    WaitForEvent,

    /// <summary>Slow down.</summary>
    RateLimit,

    /// <summary>The provider failed; it may recover.</summary>
    Transient,

    /// <summary>Not processed because another conversion of the request is the same.</summary>
    DuplicateInRequest,
}
