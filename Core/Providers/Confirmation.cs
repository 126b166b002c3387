namespace OpsMantik.Core.Providers;

/// <summary>What the provider says of a submitted request. Texts must already be free of secrets.</summary>
public sealed record Confirmation
{
    private Confirmation()
    {
    }

    /// <summary>One outcome per conversion asked about, in their order; null while it is not settled.</summary>
    public IReadOnlyList<UploadOutcome>? Outcomes { get; private init; }

    /// <summary>Why it is not settled, in plain words.</summary>
    public string? Reason { get; private init; }

    /// <summary>Still processing, or the question could not be answered now: ask again later.</summary>
    public static Confirmation Pending(string reason) => new() { Reason = reason };

    /// <summary>Decided; no outcome is <see cref="OutcomeKind.Submitted"/>.</summary>
    public static Confirmation Settled(IReadOnlyList<UploadOutcome> outcomes) => new() { Outcomes = outcomes };
}
