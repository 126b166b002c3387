using OpsMantik.Core.Providers;
using OpsMantik.Core.Queue;
using OpsMantik.Reliability.Simulation.Store;

namespace OpsMantik.Reliability.Model;

/// <summary>The statements of worker, recovery and operator, each as one step of a site, by the simulation's store.</summary>
internal sealed class Statements(Breakage breakage)
{
    /// <summary>
    /// The claim's transaction until it picks: it locks the rows that it holds back, and the circuit whose probe it takes.
    /// Null when it finds nothing to do.
    /// </summary>
    public SiteState? BeginClaim(SiteState state, int worker)
    {
        var image = new StoreImage(Lapsed(state));
        var claim = Claim(image, worker, SiteState.Rows);
        claim.Defer();
        var after = image.Read();
        var deferred = 0;
        for (var row = 0; row < SiteState.Rows; row++)
            deferred |= after.Row(row).Wait != state.Row(row).Wait ? 1 << row : 0;
        var gate = claim.Due() switch
        {
            [{ Probing: true }] => state.IsCircuitLocked ? Gate.Shut : Gate.Probe,
            [_] => Gate.Closed,
            _ => Gate.Shut,
        };
        if (gate == Gate.Shut && deferred == 0)
            return null;
        return state.With(worker, new WorkerSlot(
            SlotPhase.Claiming, default, default, gate,
            deferred == 0 ? Wait.Due : state.Circuit.IsIsolated ? Wait.Day : Wait.Probe,
            (byte)deferred));
    }

    /// <summary>The rest of the claim: the rows that nobody else has locked, and the probe back if there are none.</summary>
    /// <param name="limit">Most rows of the whole claim that are left for this site.</param>
    public SiteState CommitClaim(SiteState state, int worker, int limit, bool youngerFirst)
    {
        var claim = state.Slot(worker);
        var before = state.With(worker, default(WorkerSlot));
        for (var row = 0; row < SiteState.Rows; row++)
        {
            if (claim.Has(row))
                before = before.With(row, before.Row(row) with { Wait = claim.Defers });
        }

        if (claim.Gate == Gate.Shut)
            return before;
        var image = new StoreImage(Lapsed(before), youngerFirst);
        var store = Claim(image, worker, limit);
        var probing = claim.Gate == Gate.Probe;
        store.Pick(store.Grant([new DueGroup(StoreImage.Group, probing, probing ? 1 : SiteState.Rows)]));
        var after = image.Read();
        byte rows = 0;
        for (var row = 0; row < SiteState.Rows; row++)
            rows |= (byte)(after.IsHeldBy(row, worker) ? 1 << row : 0);
        if (rows != 0)
            return after.With(worker, new WorkerSlot(SlotPhase.Unsent, default, ClaimAge.Fresh, claim.Gate, default, rows));
        return breakage == Breakage.EmptyProbeKeepsLease && probing
            ? after with { Circuit = after.Circuit with { Holder = SiteState.HolderOf(worker), IsLeased = true } }
            : after;
    }

    /// <summary>What the batch's answer means to its rows and to the circuit.</summary>
    public SiteState WriteBack(SiteState state, int worker)
    {
        var slot = state.Slot(worker);
        var before = state;
        if (breakage == Breakage.StaleWriteBackAccepted)
            before = Rows(slot).Aggregate(state, (now, row) =>
                now.With(row, now.Row(row) with { Phase = RowPhase.Processing, Holder = SiteState.HolderOf(worker) }));
        if (breakage == Breakage.AnyFailureReopens && before.Circuit.State == CircuitState.HalfOpen && slot.Answer == Answer.Transient)
            before = before with { Circuit = before.Circuit with { Holder = Holder.Nobody, IsLeased = false } };
        if (breakage == Breakage.SuccessClosesIsolated && before.Circuit.IsIsolated)
            before = before with { Circuit = before.Circuit with { Probe = Probe.Now } };
        var image = new StoreImage(before);
        var outcome = slot.Answer switch
        {
            Answer.Completed => UploadOutcome.Completed(),
            Answer.Transient => UploadOutcome.Retry("HTTP_503", ErrorCategory.Transient, "unavailable"),
            _ => UploadOutcome.Failed("EXPIRED_EVENT", ErrorCategory.Validation, "too old"),
        };
        var group = Batch(image, slot, worker);
        var changed = image.Store.WriteBack(
            group,
            [.. group.Jobs.Select(job => RetryPolicy.Apply(job.Id, job.RetryCount, outcome, "order", jitter: 0))],
            CircuitSignals.Of([outcome]),
            TimeSpan.FromMinutes(30)).Changed;
        return changed == 0 ? state : image.Read();
    }

    public SiteState Release(SiteState state, int worker, bool maySent)
    {
        var slot = state.Slot(worker);
        var image = new StoreImage(state);
        new MemoryQueue(image.Store, image.Store.Random).ReleaseAsync(Batch(image, slot, worker), maySent, CancellationToken.None)
            .GetAwaiter().GetResult();
        var after = image.Read();
        return breakage != Breakage.ReleaseSpendsAttempt
            ? after
            : Rows(slot).Aggregate(after, (now, row) =>
                now.With(row, now.Row(row) with { Attempts = (byte)Math.Min(now.Row(row).Attempts + 1, ModelRow.MostAttempts) }));
    }

    public SiteState Recover(SiteState state)
    {
        var before = breakage != Breakage.RecoveryIgnoresAge
            ? state
            : state with
            {
                A = state.A with { Age = ClaimAge.Abandoned },
                B = state.B with { Age = ClaimAge.Abandoned },
            };
        var after = On(before, store => store.Recover(minAgeMinutes: 15));
        return after with { A = state.A, B = state.B };
    }

    public static SiteState Close(SiteState state) =>
        On(state, store => store.Close(StoreImage.Group)) with { Operator = OperatorStep.FreeAll };

    public static SiteState Open(SiteState state, bool isolate) => On(state, store => store.Open(StoreImage.Group, isolate)) with
    {
        Operator = isolate ? OperatorStep.None : OperatorStep.FreeIsolated,
    };

    public SiteState FreeHeld(SiteState state) => (breakage == Breakage.CloseForgetsHeldRows
        ? state
        : On(state, store => store.FreeHeld(StoreImage.Group, isolated: state.Operator == OperatorStep.FreeIsolated))) with
    {
        Operator = OperatorStep.None,
    };

    public static SiteState Requeue(SiteState state) => On(state, store => store.Requeue(StoreImage.Group, RowStatus.Failed));

    public static IEnumerable<int> Rows(WorkerSlot slot) => Enumerable.Range(0, SiteState.Rows).Where(slot.Has);

    private SiteState Lapsed(SiteState state) => breakage == Breakage.LeaseIgnored && state.Circuit.IsLeased
        ? state with { Circuit = state.Circuit with { IsLeased = false } }
        : state;

    private static SiteState On(SiteState state, Action<MemoryStore> statement)
    {
        var image = new StoreImage(state);
        statement(image.Store);
        return image.Read();
    }

    private static MemoryClaim Claim(StoreImage image, int worker, int limit) => new(
        image.Store,
        new ClaimRequest(StoreImage.Group.ProviderKey, StoreImage.TokenOf(worker), limit, SiteState.Rows),
        StoreImage.TokenOf(worker),
        Guid.Empty);

    private static ClaimedGroup Batch(StoreImage image, WorkerSlot slot, int worker) => new(
        StoreImage.TokenOf(worker), StoreImage.Group.SiteId, StoreImage.Group.ProviderKey, null, slot.Gate == Gate.Probe,
        [.. Rows(slot).Select(row => MemoryClaim.Job(image.Store.Row(StoreImage.RowIds[row])))]);
}
