using OpsMantik.Reliability.Simulation.Store;

namespace OpsMantik.Reliability.Model;

/// <summary>What docs/reliability.md promises, of a state and of a step.</summary>
internal static class Promises
{
    /// <returns>What is broken, or null.</returns>
    public static string? Broken(SiteState before, Step step, SiteState after) => OfState(after) ?? OfStep(before, step, after);

    private static string? OfState(SiteState state)
    {
        for (var row = 0; row < SiteState.Rows; row++)
        {
            var now = state.Row(row);
            if (now.Effect == Effect.Twice)
                return $"row {row + 1} was sent again though nothing had gone wrong";
            if (now.Phase == RowPhase.Completed && now.Effect == Effect.None)
                return $"row {row + 1} is COMPLETED and Google has not counted it";
            if (now.Attempts > ModelRow.MostAttempts)
                return $"row {row + 1} has spent more than seven attempts";
            if (now is { Phase: RowPhase.Processing, Holder: Holder.A } && !state.A.Has(row)
                || now is { Phase: RowPhase.Processing, Holder: Holder.B } && !state.B.Has(row))
                return $"row {row + 1} is under a claim that its worker does not know";
        }

        for (var worker = 0; worker < SiteState.Workers; worker++)
        {
            var slot = state.Slot(worker);
            if (slot is { Phase: SlotPhase.Unsent or SlotPhase.Sending, Age: < ClaimAge.Abandoned }
                && Statements.Rows(slot).Any(row => !state.IsHeldBy(row, worker)))
                return "a live claim has lost a row";
            if (state.Circuit is { State: CircuitState.HalfOpen, IsLeased: true } circuit && circuit.Holder == SiteState.HolderOf(worker)
                && !Enumerable.Range(0, SiteState.Rows).Any(row => state.IsHeldBy(row, worker)))
                return "the site is HALF_OPEN under a lease that nobody will settle: shut for ten minutes";
        }

        return state.A.IsLiveProbe && state.B.IsLiveProbe ? "two probes live side by side" : null;
    }

    private static string? OfStep(SiteState before, Step step, SiteState after)
    {
        var (was, now) = (before.Circuit, after.Circuit);
        if (was.IsIsolated && !now.IsIsolated && step.Act is not (Act.Close or Act.Open))
            return "what the operator isolated is open to uploads again";
        if (was.State == CircuitState.Closed && now.State == CircuitState.HalfOpen || was is { State: CircuitState.Open, Probe: not Probe.Now } && now.State == CircuitState.HalfOpen)
            return "a probe is taken that is not due";
        for (var row = 0; row < SiteState.Rows; row++)
        {
            var broken = OfRow(before.Row(row), step, after.Row(row));
            if (broken is not null)
                return $"row {row + 1} {broken}";
        }

        switch (step.Act)
        {
            case Act.Send when was is { State: CircuitState.Open, Probe: Probe.IsolatedForLong }:
                return "a request starts for a site that was isolated more than five seconds ago";
            case Act.Send when before.Slot(step.Who).Age != ClaimAge.Fresh:
                return "an expired claim is sent";
            case Act.CommitClaim when before.Slot(step.Who).Gate != Gate.Closed && Statements.Rows(after.Slot(step.Who)).Count() > 1:
                return "a probe has more rows than probe_limit";
            case Act.CommitClaim when before.Slot(step.Who).Gate == Gate.Shut && after.Slot(step.Who).Rows != 0:
                return "rows of an OPEN circuit are claimed";
            case Act.FreeHeld when before.Operator == OperatorStep.FreeAll:
                return Held(after, Wait.Probe) ?? Held(after, Wait.Day);
            case Act.FreeHeld:
                return Held(after, Wait.Day);
            default:
                return null;
        }
    }

    private static string? OfRow(ModelRow before, Step step, ModelRow after)
    {
        if (before.Phase == RowPhase.Completed && after.Phase != RowPhase.Completed)
            return "was COMPLETED and is no more";
        if (before.Phase == RowPhase.Failed && after.Phase != RowPhase.Failed && step.Act != Act.Requeue)
            return "was FAILED and is no more, and nobody requeued it";
        return (after.Attempts - before.Attempts) switch
        {
            0 => null,
            1 when step.Act is Act.WriteBack or Act.WriteBackUnheard && after.Phase != RowPhase.Completed => null,
            < 0 when step.Act == Act.Requeue => null,
            _ => "has attempts counted that were none",
        };
    }

    // What another session has locked is skipped.
    private static string? Held(SiteState state, Wait wait)
    {
        for (var row = 0; row < SiteState.Rows; row++)
        {
            if (state.Row(row).Wait == wait && !state.Row(row).IsLocked && !state.IsInClaim(row))
                return $"row {row + 1} is held back after the operator's command freed what was held";
        }

        return null;
    }
}
