using OpsMantik.Reliability.Simulation.Store;

namespace OpsMantik.Reliability.Model;

/// <summary>
/// One site at one moment: two rows, the circuit, and what two workers and the operator have in hand of it. Times are
/// those that decide something; numbers begin where the last steps do (five attempts spent, three failures counted).
/// </summary>
internal readonly record struct SiteState(
    ModelRow Row0, ModelRow Row1, ModelCircuit Circuit, WorkerSlot A, WorkerSlot B, OperatorStep Operator)
{
    public const int Rows = 2;
    public const int Workers = 2;

    public ModelRow Row(int row) => row == 0 ? Row0 : Row1;

    public SiteState With(int row, ModelRow value) => row == 0 ? this with { Row0 = value } : this with { Row1 = value };

    public WorkerSlot Slot(int worker) => worker == 0 ? A : B;

    public SiteState With(int worker, WorkerSlot value) => worker == 0 ? this with { A = value } : this with { B = value };

    /// <summary>Under a claim of the worker's that is still the row's.</summary>
    public bool IsHeldBy(int row, int worker) =>
        Row(row) is { Phase: RowPhase.Processing } held && held.Holder == HolderOf(worker);

    /// <summary>A claim under way has locked it to hold it back.</summary>
    public bool IsInClaim(int row) =>
        (A.Phase == SlotPhase.Claiming && A.Has(row)) || (B.Phase == SlotPhase.Claiming && B.Has(row));

    /// <summary>A claim that takes a probe holds the circuit's row until it commits; what writes it waits.</summary>
    public bool IsCircuitLocked =>
        A is { Phase: SlotPhase.Claiming, Gate: Gate.Probe } || B is { Phase: SlotPhase.Claiming, Gate: Gate.Probe };

    public bool IsEnded => Row0.Phase >= RowPhase.Completed && Row1.Phase >= RowPhase.Completed;

    public static Holder HolderOf(int worker) => (Holder)(worker + 1);

    /// <summary>The two workers are alike.</summary>
    public SiteState SwapWorkers() => new(
        Row0 with { Holder = Swap(Row0.Holder) },
        Row1 with { Holder = Swap(Row1.Holder) },
        Circuit with { Holder = Swap(Circuit.Holder) },
        B,
        A,
        Operator);

    /// <summary>The two rows are alike.</summary>
    public SiteState SwapRows() => new(Row1, Row0, Circuit, A.SwapRows(), B.SwapRows(), Operator);

    /// <summary>The one of four that differ by the names of workers and rows only.</summary>
    public SiteState Canonical()
    {
        var swapped = SwapWorkers();
        return Least(Least(this, SwapRows()), Least(swapped, swapped.SwapRows()));
    }

    /// <summary>All of it in 63 bits.</summary>
    public ulong Pack()
    {
        var bits = (ulong)Operator;
        bits = (bits << 13) | Row0.Pack();
        bits = (bits << 13) | Row1.Pack();
        bits = (bits << 9) | Circuit.Pack();
        bits = (bits << 13) | A.Pack();
        return (bits << 13) | B.Pack();
    }

    private static SiteState Least(SiteState one, SiteState other) => other.Pack() < one.Pack() ? other : one;

    private static Holder Swap(Holder holder) => holder switch
    {
        Holder.A => Holder.B,
        Holder.B => Holder.A,
        _ => holder,
    };
}

/// <summary>A row of the queue, and what Google has of it.</summary>
internal readonly record struct ModelRow(
    RowPhase Phase, Wait Wait, Holder Holder, bool IsAbandoned, byte Attempts, Effect Effect, bool IsLocked)
{
    /// <summary>Attempts of which the last fails the row; the real row has spent five more.</summary>
    public const int MostAttempts = 2;

    public ulong Pack() =>
        ((((((((((ulong)Phase << 2) | (ulong)Wait) << 2) | (ulong)Holder) << 1) | (IsAbandoned ? 1UL : 0)) << 2) | Attempts) << 3)
        | ((ulong)Effect << 1) | (IsLocked ? 1UL : 0);
}

internal enum RowPhase : byte
{
    /// <summary>QUEUED or RETRY.</summary>
    Waiting,
    Processing,
    Completed,
    Failed,
}

/// <summary>Until when a waiting row waits.</summary>
internal enum Wait : byte
{
    Due,
    Later,

    /// <summary>Held back until the probe of an open circuit.</summary>
    Probe,

    /// <summary>Held back by an isolation.</summary>
    Day,
}

/// <summary>Whose token it is; that of a worker that is gone is nobody's to use.</summary>
internal enum Holder : byte
{
    Nobody,
    A,
    B,
    Gone,
}

/// <summary>What Google has counted of a row.</summary>
internal enum Effect : byte
{
    None,
    Counted,

    /// <summary>Counted, and its worker could not know or tell: one more sending is allowed.</summary>
    Untold,

    /// <summary>Counted when it was sent again for no reason.</summary>
    Twice,
}

/// <summary>A row of provider_health_state.</summary>
/// <param name="Failures">While CLOSED; the real one has counted three more.</param>
internal readonly record struct ModelCircuit(CircuitState State, byte Failures, Probe Probe, Holder Holder, bool IsLeased)
{
    public bool IsIsolated => State == CircuitState.Open && Probe >= Probe.Isolated;

    public ulong Pack() =>
        ((((((((ulong)State << 2) | Failures) << 2) | (ulong)Probe) << 2) | (ulong)Holder) << 1) | (IsLeased ? 1UL : 0);
}

/// <summary>When an OPEN circuit lets a probe pass.</summary>
internal enum Probe : byte
{
    Later,
    Now,

    /// <summary>When an operator closes it; the workers may not know yet.</summary>
    Isolated,

    /// <summary>The same, since more than five seconds.</summary>
    IsolatedForLong,
}

/// <summary>What an operator's command has still to do.</summary>
internal enum OperatorStep : byte
{
    None,
    FreeAll,
    FreeIsolated,
}
