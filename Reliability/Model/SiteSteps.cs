using OpsMantik.Reliability.Simulation.Store;

namespace OpsMantik.Reliability.Model;

/// <summary>Everything that may happen to a site in a state, each with the state after it.</summary>
internal sealed class SiteSteps(Breakage breakage)
{
    private readonly Statements _statements = new(breakage);

    public IEnumerable<(Step Step, SiteState After)> From(SiteState state)
    {
        for (byte worker = 0; worker < SiteState.Workers; worker++)
        {
            foreach (var next in OfWorker(state, worker))
                yield return next;
        }

        foreach (var next in OfTime(state).Concat(OfOthers(state)))
            yield return next;
    }

    /// <summary>Without what decides nothing any more.</summary>
    public static SiteState Reduce(SiteState state)
    {
        for (var row = 0; row < SiteState.Rows; row++)
        {
            var now = state.Row(row);
            if (now.Phase >= RowPhase.Completed)
                state = state.With(row, now with { Attempts = 0, Effect = now.Phase == RowPhase.Completed ? Effect.Counted : now.Effect });
        }

        for (var worker = 0; worker < SiteState.Workers; worker++)
        {
            var slot = state.Slot(worker);
            if (slot.Phase > SlotPhase.Claiming && slot.Age != ClaimAge.Fresh)
                slot = slot with { Gate = Gate.Closed };
            // Too late whatever the answer was.
            if (slot.Phase == SlotPhase.Answered && !Statements.Rows(slot).Any(row => state.IsHeldBy(row, worker)))
                slot = slot with { Gate = Gate.Closed, Answer = Answer.Completed, Age = ClaimAge.Abandoned };
            state = state.With(worker, slot);
        }

        // A lease that is over is none.
        return state.Circuit.IsLeased ? state : state with { Circuit = state.Circuit with { Holder = Holder.Nobody } };
    }

    /// <summary>
    /// Whether it happens of itself once nothing goes wrong any more: everything is answered, nobody crashes, and the
    /// operator does no more than to end an isolation.
    /// </summary>
    public static bool IsQuiet(SiteState state, Step step) => step.Act switch
    {
        Act.LoseClaim or Act.Crash or Act.Abandon or Act.WriteBackUnheard or Act.Open or Act.Isolate or Act.Requeue or Act.Lock => false,
        Act.Answer => step.Variant == (byte)Answer.Completed,
        Act.Release => !MaySend(state, state.Slot(step.Who)),
        Act.Close => state.Circuit.IsIsolated,
        _ => true,
    };

    private static bool MaySend(SiteState state, WorkerSlot slot) =>
        slot.Age == ClaimAge.Fresh && state.Circuit is not { State: CircuitState.Open, Probe: Probe.IsolatedForLong };

    private IEnumerable<(Step, SiteState)> OfWorker(SiteState state, byte worker)
    {
        var slot = state.Slot(worker);
        var idle = state.With(worker, default(WorkerSlot));
        switch (slot.Phase)
        {
            case SlotPhase.Idle:
                if (_statements.BeginClaim(state, worker) is { } begun)
                    yield return (new Step(Act.BeginClaim, worker), begun);
                yield break;

            case SlotPhase.Claiming:
                for (byte variant = 0; variant < 4; variant++)
                {
                    var limit = (variant & Step.OneRow) != 0 ? 1 : SiteState.Rows;
                    yield return (new Step(Act.CommitClaim, worker, variant),
                        _statements.CommitClaim(state, worker, limit, (variant & Step.YoungerFirst) != 0));
                }

                yield return (new Step(Act.LoseClaim, worker), idle);
                break;

            case SlotPhase.Unsent:
                if (MaySend(state, slot) || (breakage == Breakage.IsolationNotWatched && slot.Age == ClaimAge.Fresh))
                    yield return (new Step(Act.Send, worker), state.With(worker, slot with { Phase = SlotPhase.Sending }));
                if (!state.IsCircuitLocked)
                    yield return (new Step(Act.Release, worker), Ended(_statements.Release(state, worker, maySent: false), worker));
                break;

            case SlotPhase.Sending:
                foreach (var next in Answers(state, worker, slot))
                    yield return next;
                if (state.IsCircuitLocked)
                    break;
                for (byte arrived = 0; arrived <= Step.Arrived; arrived++)
                {
                    var sent = arrived == Step.Arrived ? Count(state, worker, told: false) : state;
                    yield return (new Step(Act.Abandon, worker, arrived), Ended(_statements.Release(sent, worker, maySent: true), worker));
                }

                break;

            case SlotPhase.Answered:
                if (state.IsCircuitLocked)
                    break;
                var written = _statements.WriteBack(state, worker);
                if (written.Circuit.State == CircuitState.Closed)
                    written = EndProbes(written);
                yield return (new Step(Act.WriteBack, worker), Ended(written, worker));
                yield return (new Step(Act.WriteBackUnheard, worker), written.With(worker, NoProbe(written.Slot(worker))));
                break;
        }

        for (byte arrived = 0; arrived <= (slot.Phase == SlotPhase.Sending ? Step.Arrived : 0); arrived++)
            yield return (new Step(Act.Crash, worker, arrived), Crash(arrived == Step.Arrived ? Count(state, worker, told: false) : state, worker));
        if (slot.Phase > SlotPhase.Claiming && slot.Age < ClaimAge.Abandoned)
            yield return (new Step(Act.ClaimAges, worker, (byte)slot.Age), Age(state, worker));
    }

    private static IEnumerable<(Step, SiteState)> Answers(SiteState state, byte worker, WorkerSlot slot)
    {
        for (byte variant = 0; variant <= Step.Lost; variant++)
        {
            var after = variant is (byte)Answer.Completed or Step.Lost
                ? Count(state, worker, told: variant != Step.Lost && slot.Age != ClaimAge.Abandoned)
                : state;
            var answer = variant == Step.Lost ? Answer.Transient : (Answer)variant;
            yield return (new Step(Act.Answer, worker, variant), after.With(worker, slot with { Phase = SlotPhase.Answered, Answer = answer }));
        }
    }

    private static IEnumerable<(Step, SiteState)> OfTime(SiteState state)
    {
        for (byte row = 0; row < SiteState.Rows; row++)
        {
            var now = state.Row(row);
            if (now.Wait != Wait.Due && !state.IsInClaim(row))
                yield return (new Step(Act.RowFallsDue, row), state.With(row, now with { Wait = Wait.Due }));
            if (now is { Holder: Holder.Gone, IsAbandoned: false })
                yield return (new Step(Act.DeadClaimAges, row), state.With(row, now with { IsAbandoned = true }));
        }

        var circuit = state.Circuit;
        if (circuit is { State: CircuitState.Open, Probe: Probe.Later })
            yield return (new Step(Act.ProbeTimeComes), state with { Circuit = circuit with { Probe = Probe.Now } });
        if (circuit is { State: CircuitState.Open, Probe: Probe.Isolated })
            yield return (new Step(Act.FiveSecondsPass), state with { Circuit = circuit with { Probe = Probe.IsolatedForLong } });
        if (circuit is { Holder: Holder.Gone, IsLeased: true })
            yield return (new Step(Act.LeaseLapses), state with { Circuit = circuit with { IsLeased = false } });
    }

    private IEnumerable<(Step, SiteState)> OfOthers(SiteState state)
    {
        yield return (new Step(Act.Recover), Untell(state, _statements.Recover(state)));
        if (state.Operator != OperatorStep.None)
            yield return (new Step(Act.FreeHeld), _statements.FreeHeld(state));
        else if (!state.IsCircuitLocked)
        {
            if (state.Circuit.State != CircuitState.Closed)
                yield return (new Step(Act.Close), EndProbes(Statements.Close(state)));
            if (state.Circuit is not { State: CircuitState.Open, Probe: Probe.Later })
                yield return (new Step(Act.Open), EndProbes(Statements.Open(state, isolate: false)));
            if (!state.Circuit.IsIsolated)
                yield return (new Step(Act.Isolate), EndProbes(Statements.Open(state, isolate: true)));
        }

        if (state.Row0.Phase == RowPhase.Failed || state.Row1.Phase == RowPhase.Failed)
            yield return (new Step(Act.Requeue), Statements.Requeue(state));
        for (byte row = 0; row < SiteState.Rows; row++)
        {
            var now = state.Row(row);
            if (now.IsLocked)
                yield return (new Step(Act.Unlock, row), state.With(row, now with { IsLocked = false }));
            else if (now.Phase == RowPhase.Waiting && !state.Row(1 - row).IsLocked && !state.IsInClaim(row))
                yield return (new Step(Act.Lock, row), state.With(row, now with { IsLocked = true }));
        }
    }

    private static SiteState Ended(SiteState state, int worker) => state.With(worker, default(WorkerSlot));

    /// <summary>Google has the batch. What its worker cannot tell may be sent once more.</summary>
    private static SiteState Count(SiteState state, int worker, bool told) => Statements.Rows(state.Slot(worker)).Aggregate(state, (now, row) =>
    {
        // What a worker sends that stood still for the five minutes before recovery counts as lost.
        var late = state.Slot(worker).Age == ClaimAge.Abandoned;
        var effect = now.Row(row).Effect switch
        {
            Effect.Counted => late ? Effect.Counted : Effect.Twice,
            Effect.Twice => Effect.Twice,
            _ => told ? Effect.Counted : Effect.Untold,
        };
        return now.With(row, now.Row(row) with { Effect = effect });
    });

    private static SiteState Crash(SiteState state, int worker)
    {
        var holder = SiteState.HolderOf(worker);
        var slot = state.Slot(worker);
        for (var row = 0; row < SiteState.Rows; row++)
        {
            var now = state.Row(row);
            if (now.Holder == holder)
            {
                state = state.With(row, now with
                {
                    Holder = Holder.Gone,
                    IsAbandoned = slot.Age == ClaimAge.Abandoned,
                    Effect = now.Effect == Effect.Counted ? Effect.Untold : now.Effect,
                });
            }
        }

        if (state.Circuit.Holder == holder)
            state = state with { Circuit = state.Circuit with { Holder = Holder.Gone } };
        return Ended(state, worker);
    }

    private static SiteState Age(SiteState state, int worker)
    {
        var aged = state.With(worker, state.Slot(worker) with { Age = state.Slot(worker).Age + 1 });
        return aged.Circuit.Holder == SiteState.HolderOf(worker) ? aged with { Circuit = aged.Circuit with { IsLeased = false } } : aged;
    }

    /// <summary>A batch that was answered and not written in fifteen minutes goes out again.</summary>
    private static SiteState Untell(SiteState before, SiteState after)
    {
        for (var row = 0; row < SiteState.Rows; row++)
        {
            var old = before.Row(row);
            var abandoned = old.Holder switch
            {
                Holder.A => before.A.Age == ClaimAge.Abandoned,
                Holder.B => before.B.Age == ClaimAge.Abandoned,
                _ => false,
            };
            if (abandoned && old.Effect == Effect.Counted && after.Row(row).Phase == RowPhase.Waiting)
                after = after.With(row, after.Row(row) with { Effect = Effect.Untold });
        }

        return after;
    }

    /// <summary>What was a probe is a batch like others, once the circuit is closed, or moved by hand.</summary>
    private static SiteState EndProbes(SiteState state) => state with { A = NoProbe(state.A), B = NoProbe(state.B) };

    private static WorkerSlot NoProbe(WorkerSlot slot) =>
        slot.Phase > SlotPhase.Claiming && slot.Gate == Gate.Probe ? slot with { Gate = Gate.Closed } : slot;
}
