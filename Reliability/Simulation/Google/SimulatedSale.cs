using OpsMantik.Reliability.Simulation.Store;

namespace OpsMantik.Reliability.Simulation.Google;

/// <summary>A queued sale: what was asked for, against which effects are held.</summary>
/// <param name="Number">Its place in the world, for the trace.</param>
internal sealed record SimulatedSale(
    int Number, Guid RowId, GroupKey Group, string OrderId, string Click, DateTimeOffset Time, GoogleDecision Nature)
{
    /// <summary>Requests that carried it.</summary>
    public int Deliveries { get; set; }

    /// <summary>Requests that carried it although the provider had it.</summary>
    public int Duplicates { get; set; }

    /// <summary>Answers that count as attempts.</summary>
    public int AttemptsAnswered { get; set; }
}

/// <summary>What is true of a sale whatever happens to it on the way.</summary>
internal enum GoogleDecision
{
    Sound,

    /// <summary>The provider refuses it for good.</summary>
    Refused,

    /// <summary>Its payload cannot be read: it never leaves the worker.</summary>
    Unreadable,

    /// <summary>The provider wants it later.</summary>
    TooRecent,

    /// <summary>The provider stumbles over it every time, as over something that may pass.</summary>
    Hopeless,
}
