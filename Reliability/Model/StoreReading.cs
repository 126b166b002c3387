using OpsMantik.Core.Queue;
using OpsMantik.Reliability.Simulation.Store;

namespace OpsMantik.Reliability.Model;

/// <summary>What rows and circuits of a store, in memory or PostgreSQL, are in the model.</summary>
/// <param name="holderOf">Whose a token is.</param>
internal sealed class StoreReading(DateTimeOffset now, Func<Guid?, Holder> holderOf)
{
    /// <summary>Attempts that every row has spent already.</summary>
    public const int AttemptsBefore = RetryPolicy.MaxAttempts - ModelRow.MostAttempts;

    /// <summary>Failures that every CLOSED circuit has counted already: the second opens it.</summary>
    public const int FailuresBefore = 3;

    public const int ProbeLimit = 1;

    // Longer than a circuit is open, and shorter than a day.
    private static readonly TimeSpan LongestOpen = TimeSpan.FromMinutes(10);

    /// <param name="before">Whose other side, at Google and in other sessions, the store does not know.</param>
    public ModelRow Of(QueueRow row, ModelRow before)
    {
        var phase = row.Status switch
        {
            RowStatus.Processing => RowPhase.Processing,
            RowStatus.Completed => RowPhase.Completed,
            RowStatus.Failed => RowPhase.Failed,
            _ => RowPhase.Waiting,
        };
        return before with
        {
            Phase = phase,
            Wait = phase != RowPhase.Waiting || !(row.NextRetryAt > now) ? Wait.Due
                : row.LastError != "CIRCUIT_OPEN" ? Wait.Later
                : row.NextRetryAt > now + LongestOpen ? Wait.Day
                : Wait.Probe,
            Holder = holderOf(row.ClaimToken),
            IsAbandoned = phase == RowPhase.Processing && before.IsAbandoned,
            Attempts = (byte)Math.Max(0, row.RetryCount - AttemptsBefore),
        };
    }

    /// <param name="before">Which remembers for how long it is isolated.</param>
    public ModelCircuit Of(Circuit circuit, ModelCircuit before) => new(
        circuit.State,
        (byte)(circuit.State == CircuitState.Closed ? Math.Max(circuit.FailureCount - FailuresBefore, 0) : 0),
        circuit.IsIsolated ? (before.IsIsolated ? before.Probe : Probe.Isolated)
            : circuit.State != CircuitState.Open || circuit.IsGated(now) ? Probe.Later
            : Probe.Now,
        holderOf(circuit.ProbeToken),
        circuit.ProbeLeaseUntil > now);
}
