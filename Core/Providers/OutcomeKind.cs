namespace OpsMantik.Core.Providers;

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
