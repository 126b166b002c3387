namespace OpsMantik.Core.Providers;

/// <summary>The result of checking a site's access. Texts are free of secrets.</summary>
/// <param name="Result">Whether uploads would get through.</param>
/// <param name="Step">Where it was decided.</param>
/// <param name="Code">The provider's or our own code; null on a plain success.</param>
/// <param name="Category">Who has to act; null on success.</param>
/// <param name="Message">For an operator.</param>
/// <param name="RequestId">What the provider's support asks for.</param>
public sealed record AccessCheck(
    AccessResult Result, AccessStep Step, string? Code, ErrorCategory? Category, string Message, string? RequestId)
{
    internal static AccessCheck Works(string message, string? code = null, string? requestId = null) =>
        new(AccessResult.Works, AccessStep.Call, code, null, message, requestId);

    /// <summary>What the outcome of all rows says about the access.</summary>
    internal static AccessCheck Of(UploadOutcome outcome, AccessStep step) => new(
        outcome.Category is ErrorCategory.Transient or ErrorCategory.RateLimit
            ? AccessResult.Undecided
            : AccessResult.Refused,
        step,
        outcome.Code,
        outcome.Category,
        outcome.Message ?? "",
        outcome.RequestId);

    /// <summary>
    /// What the outcome of the sample says. That the provider refuses the row itself is good news: it let the caller in,
    /// found account and action, and looked at the row, whose click is made up.
    /// </summary>
    internal static AccessCheck OfSample(UploadOutcome outcome) => outcome switch
    {
        { Kind: OutcomeKind.Completed } => Works("The provider takes conversions from this site.", null, outcome.RequestId),
        { Category: ErrorCategory.Validation } => Works(
            "The provider takes conversions from this site; of the sample it minds only its made-up click.",
            outcome.Code,
            outcome.RequestId),
        _ => Of(outcome, AccessStep.Call),
    };
}

/// <summary>The result of an access check.</summary>
public enum AccessResult
{
    /// <summary>An upload would get as far as its rows.</summary>
    Works,

    /// <summary>The provider refuses, and will until the credentials or the account are changed.</summary>
    Refused,

    /// <summary>No conclusive answer: the provider or the network is down. Try again.</summary>
    Undecided,
}

/// <summary>How far an access check got.</summary>
public enum AccessStep
{
    /// <summary>Opening and reading what is stored.</summary>
    Credentials,

    /// <summary>Fetching an access token.</summary>
    Token,

    /// <summary>A call that the provider validates and does not count.</summary>
    Call,
}
