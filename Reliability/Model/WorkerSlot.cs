namespace OpsMantik.Reliability.Model;

/// <summary>What one worker has in hand of one site: a claim under way, or a batch in memory.</summary>
/// <param name="Answer">What the worker was told, when it was.</param>
/// <param name="Gate">How the circuit let the claim pass. Of a probe, also later, while nobody else ended it.</param>
/// <param name="Defers">For how long the claim holds the rows that it has locked to hold them back.</param>
/// <param name="Rows">Bit by bit: the rows that the claim has locked to hold them back, then those of the batch.</param>
internal readonly record struct WorkerSlot(
    SlotPhase Phase, Answer Answer, ClaimAge Age, Gate Gate, Wait Defers, byte Rows)
{
    public bool Has(int row) => (Rows & (1 << row)) != 0;

    public bool IsLiveProbe => Gate == Gate.Probe && Phase > SlotPhase.Claiming && Age == ClaimAge.Fresh;

    public WorkerSlot SwapRows() => this with { Rows = (byte)(((Rows & 1) << 1) | (Rows >> 1)) };

    public ulong Pack() =>
        ((((((((((ulong)Phase << 2) | (ulong)Answer) << 2) | (ulong)Age) << 2) | (ulong)Gate) << 2) | (ulong)Defers) << 2) | Rows;
}

internal enum SlotPhase : byte
{
    Idle,

    /// <summary>The claim's transaction is open: it has deferred and chosen its groups, and picked nothing yet.</summary>
    Claiming,
    Unsent,

    /// <summary>A request is under way.</summary>
    Sending,
    Answered,
}

internal enum Answer : byte
{
    Completed,
    Transient,
    Permanent,
}

/// <summary>How old a claim is by the database's clock.</summary>
internal enum ClaimAge : byte
{
    Fresh,

    /// <summary>Over ten minutes: it may not be sent any more.</summary>
    Expired,

    /// <summary>Over fifteen minutes: recovery takes it.</summary>
    Abandoned,
}

internal enum Gate : byte
{
    Shut,
    Closed,
    Probe,
}
