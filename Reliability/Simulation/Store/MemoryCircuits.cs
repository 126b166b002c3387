using OpsMantik.Core.Queue;

namespace OpsMantik.Reliability.Simulation.Store;

/// <summary>The circuit's functions of 0003_circuit.sql and 0008_liveness.sql, statement by statement.</summary>
internal static class MemoryCircuits
{
    private const int Threshold = 5;

    public static bool TakeProbe(this MemoryStore store, GroupKey group, Guid token, Guid runId)
    {
        var circuit = store.CircuitOf(group);
        if (!circuit.MayProbe(store.Now))
            return false;
        store.Put(circuit with
        {
            State = CircuitState.HalfOpen,
            ProbeToken = token,
            ProbeLeaseUntil = store.Now + Claim.Lease,
            ProbeRunId = runId,
        });
        return true;
    }

    /// <summary>What a write-back says of its batch: that the batch's probe, if it was one, is over, and the outcome.</summary>
    public static void SettleCircuit(this MemoryStore store, GroupKey group, Guid token, CircuitSignal signal)
    {
        store.FreeProbe(group, token);
        store.RecordOutcome(group, signal);
    }

    public static void FreeProbe(this MemoryStore store, GroupKey group, Guid token)
    {
        if (store.CircuitOf(group) is { } circuit && circuit.ProbeToken == token)
            store.Put(circuit with { ProbeToken = null, ProbeLeaseUntil = null });
    }

    public static void RecordOutcome(this MemoryStore store, GroupKey group, CircuitSignal signal)
    {
        var circuit = store.CircuitOf(group);
        if (signal == CircuitSignal.Success)
        {
            if (circuit is { State: CircuitState.Closed, FailureCount: 0 } || circuit.IsIsolated)
                return;
            store.Put(circuit with
            {
                State = CircuitState.Closed,
                FailureCount = 0,
                NextProbeAt = null,
                ProbeToken = null,
                ProbeLeaseUntil = null,
            });
        }
        else if (signal == CircuitSignal.TransientFailure)
        {
            var failed = circuit with { FailureCount = circuit.FailureCount + 1 };
            var opens = (failed.State == CircuitState.HalfOpen && !(failed.ProbeLeaseUntil > store.Now))
                || (failed.State == CircuitState.Closed && failed.FailureCount >= Threshold);
            store.Put(!opens
                ? failed
                : failed with
                {
                    State = CircuitState.Open,
                    NextProbeAt = store.Now + TimeSpan.FromSeconds(300 + store.Random.NextDouble() * 60),
                    ProbeToken = null,
                    ProbeLeaseUntil = null,
                });
        }
    }
}

/// <summary>A row of <c>provider_health_state</c> at one moment.</summary>
internal sealed record Circuit(GroupKey Group)
{
    public CircuitState State { get; init; }

    public int FailureCount { get; init; }

    public DateTimeOffset? NextProbeAt { get; init; }

    public int ProbeLimit { get; init; } = 5;

    public Guid? ProbeToken { get; init; }

    public DateTimeOffset? ProbeLeaseUntil { get; init; }

    public Guid? ProbeRunId { get; init; }

    /// <summary>OPEN until an operator closes it.</summary>
    public bool IsIsolated => State == CircuitState.Open && NextProbeAt == DateTimeOffset.MaxValue;

    /// <summary>OPEN, and its time to probe has not come.</summary>
    public bool IsGated(DateTimeOffset now) => State == CircuitState.Open && NextProbeAt > now;

    /// <summary>Not CLOSED, and nobody holds the probe that it is time for.</summary>
    public bool MayProbe(DateTimeOffset now) => State switch
    {
        CircuitState.Open => !IsGated(now),
        CircuitState.HalfOpen => ProbeLeaseUntil is not { } until || until <= now,
        _ => false,
    };
}

internal enum CircuitState
{
    Closed,
    Open,
    HalfOpen,
}
