using OpsMantik.Core.Providers;
using OpsMantik.Core.Queue;
using OpsMantik.Reliability.Model;
using OpsMantik.Reliability.Simulation.Store;

namespace OpsMantik.Functions.Tests.Queue.Contract;

/// <summary>
/// Walks the model and a store side by side, over two sites whose claims and recoveries are one: each site must come into a state that
/// the model of one site allows. A claim's steps, and an operator's two statements, follow each other at once here.
/// </summary>
[TestFixture(typeof(PostgresStoreUnderTest))]
[TestFixture(typeof(MemoryStoreUnderTest))]
internal sealed class ModelWalk<TStore> : StoreContract<TStore> where TStore : IStoreUnderTest, new()
{
    private readonly IConversionQueue[] _queues = new IConversionQueue[SiteState.Workers];
    private readonly List<string> _walked = [];
    private readonly HashSet<Act> _acts = [];
    private SiteSteps _steps = null!;
    private Walker[] _sites = [];

    [Test]
    public async Task The_model_and_the_store_go_the_same_way()
    {
        _steps = new SiteSteps(Breakage.None);
        _acts.Clear();
        await WalkAsync();

        Assert.That(
            _acts, Is.EquivalentTo(Enum.GetValues<Act>().Except([Act.CommitClaim, Act.LoseClaim, Act.FreeHeld])),
            "everything that may happen did");
    }

    [TestCase(Breakage.EmptyProbeKeepsLease)]
    [TestCase(Breakage.ReleaseSpendsAttempt)]
    [TestCase(Breakage.CloseForgetsHeldRows)]
    [TestCase(Breakage.SuccessClosesIsolated)]
    public void A_model_with_a_mistake_goes_another_way(Breakage breakage)
    {
        _steps = new SiteSteps(breakage);

        Assert.That(WalkAsync, Throws.TypeOf<PartedException>());
    }

    private async Task WalkAsync()
    {
        var random = new Random(20261128);
        for (var worker = 0; worker < _queues.Length; worker++)
            _queues[worker] = Store.NewQueue(worker);
        for (var walk = 0; walk < 30; walk++)
        {
            _walked.Clear();
            _sites = [await BeginAsync(), await BeginAsync()];
            for (var step = 0; step < 40; step++)
                await StepAsync(random);
            // Nothing of it waits for the next walk's claims.
            foreach (var site in _sites)
                await EndAsync(site);
        }
    }

    private async Task StepAsync(Random random)
    {
        var site = _sites[random.Next(_sites.Length)];
        var possible = _steps.From(site.State)
            .Where(next => next.Step.Act != Act.BeginClaim || _sites.All(other => other.State.Slot(next.Step.Who).Phase == SlotPhase.Idle))
            // It would wait for the lock.
            .Where(next => next.Step.Act != Act.RowFallsDue || !site.State.Row(next.Step.Who).IsLocked)
            .GroupBy(next => next.Step.Act)
            .ToList();
        // First what never happened; then rather what carries a batch on than what cuts it off.
        var unseen = possible.Where(next => !_acts.Contains(next.Key)).ToList();
        var carrying = possible.Where(next => next.Key is Act.BeginClaim or Act.Send or Act.Answer or Act.WriteBack or Act.RowFallsDue or Act.ProbeTimeComes).ToList();
        var wanted = unseen.Count > 0 ? unseen : carrying.Count > 0 && random.Next(3) > 0 ? carrying : possible;
        var (step, after) = random.GetItems([.. wanted[random.Next(wanted.Count)]], 1)[0];
        _walked.Add($"{step}");
        _acts.Add(step.Act);
        await (step.Act switch
        {
            Act.BeginClaim => ClaimAsync(step.Who, random.Next(3) == 0 ? 1 : 100),
            Act.Recover => RecoverSitesAsync(),
            _ => OneSiteAsync(site, step, after),
        });
    }

    private async Task ClaimAsync(int worker, int limit)
    {
        var groups = await _queues[worker].ClaimAsync(new ClaimRequest(Provider, NextGuid(), limit, 100), CancellationToken.None);
        foreach (var site in _sites)
        {
            site.Batches[worker] = groups.SingleOrDefault(group => group.SiteId == site.Group.SiteId);
            var allowed = Next(site.State, Act.BeginClaim, worker).SelectMany(begun => Next(begun, Act.CommitClaim, worker)).ToList();
            // A claim that was full before it came to the site.
            if (allowed.Count == 0 || limit == 1)
                allowed.Add(site.State);
            await MatchAsync(site, allowed);
        }
    }

    private async Task RecoverSitesAsync()
    {
        await RecoverAsync();
        foreach (var site in _sites)
            await MatchAsync(site, Next(site.State, Act.Recover, 0));
    }

    private async Task OneSiteAsync(Walker site, Step step, SiteState after)
    {
        var batch = step.Who < SiteState.Workers ? site.Batches[step.Who] : null;
        switch (step.Act)
        {
            case Act.Release or Act.Abandon:
                await _queues[step.Who].ReleaseAsync(batch!, maySent: step.Act == Act.Abandon, CancellationToken.None);
                break;
            case Act.WriteBack or Act.WriteBackUnheard:
                await WriteBackAsync(batch!, site.State.Slot(step.Who).Answer switch
                {
                    Answer.Completed => UploadOutcome.Completed(),
                    Answer.Transient => Unavailable,
                    _ => UploadOutcome.Failed("EXPIRED_EVENT", ErrorCategory.Validation, "too old"),
                });
                break;
            case Act.ClaimAges:
                await AgeAsync(site, step);
                break;
            case Act.DeadClaimAges:
                await Store.AgeClaimAsync(site.Rows[step.Who], TimeSpan.FromMinutes(16));
                break;
            case Act.LeaseLapses:
                await Store.LapseLeaseAsync(site.Group);
                break;
            case Act.RowFallsDue:
                var row = await Store.RowAsync(site.Rows[step.Who]);
                await Store.ArrangeAsync(row with { NextRetryAt = (await Store.NowAsync()).AddMinutes(-1) });
                break;
            case Act.ProbeTimeComes:
                await Store.ArrangeAsync(
                    await Store.CircuitAsync(site.Group) with { NextProbeAt = (await Store.NowAsync()).AddMinutes(-1) });
                break;
            case Act.Close:
                await Store.CloseAsync(site.Group);
                break;
            case Act.Open or Act.Isolate:
                await Store.OpenAsync(site.Group, step.Act == Act.Isolate);
                break;
            case Act.Requeue:
                await Store.RequeueAsync(site.Group);
                break;
            case Act.Lock:
                await Store.LockAsync(site.Rows[step.Who]);
                break;
            case Act.Unlock:
                await Store.UnlockAsync(site.Rows[step.Who]);
                break;
            default:
                // Of the worker, of Google or of nobody: the store does not see it.
                break;
        }

        if (after.Operator != OperatorStep.None)
            after = Next(after, Act.FreeHeld, 0).Single();
        await MatchAsync(site, [after]);
    }

    private async Task AgeAsync(Walker site, Step step)
    {
        var probes = site.State.Circuit.Holder == SiteState.HolderOf(step.Who);
        for (var row = 0; row < SiteState.Rows; row++)
        {
            if (site.State.IsHeldBy(row, step.Who))
                await Store.AgeClaimAsync(site.Rows[row], TimeSpan.FromMinutes(step.Variant == 0 ? 11 : 5));
        }

        if (probes)
            await Store.LapseLeaseAsync(site.Group);
    }

    private IEnumerable<SiteState> Next(SiteState state, Act act, int worker) =>
        _steps.From(state).Where(next => next.Step.Act == act && next.Step.Who == worker).Select(next => next.After);

    /// <summary>The site goes on from where the store is, if the model could have come there.</summary>
    private async Task MatchAsync(Walker site, IEnumerable<SiteState> allowed)
    {
        List<string> others = [];
        foreach (var state in allowed)
        {
            var stands = await ReadAsync(site, state);
            if (stands == SiteSteps.Reduce(state))
            {
                site.State = stands;
                await ArrangeAsync(site);
                return;
            }

            others.Add($"model {state}\nstore {stands}");
        }

        throw new PartedException($"{string.Join('\n', others)}\nafter:\n{string.Join('\n', _walked)}");
    }

    private async Task<SiteState> ReadAsync(Walker site, SiteState state)
    {
        var reading = new StoreReading(await Store.NowAsync(), token => HolderOf(site, state, token));
        var stands = state with { Circuit = reading.Of(await Store.CircuitAsync(site.Group), state.Circuit) };
        for (var row = 0; row < SiteState.Rows; row++)
            stands = stands.With(row, reading.Of(await Store.RowAsync(site.Rows[row]), state.Row(row)));
        return SiteSteps.Reduce(stands);
    }

    private static Holder HolderOf(Walker site, SiteState state, Guid? token)
    {
        if (token is null)
            return Holder.Nobody;
        for (var worker = 0; worker < SiteState.Workers; worker++)
        {
            if (state.Slot(worker).Phase > SlotPhase.Claiming && site.Batches[worker]?.ClaimToken == token)
                return SiteState.HolderOf(worker);
        }

        return Holder.Gone;
    }

    /// <summary>Counts begin where the model's do.</summary>
    private async Task ArrangeAsync(Walker site)
    {
        foreach (var id in site.Rows)
        {
            var row = await Store.RowAsync(id);
            if (row.RetryCount < StoreReading.AttemptsBefore)
                await Store.ArrangeAsync(row with { RetryCount = StoreReading.AttemptsBefore });
        }

        var circuit = await Store.CircuitAsync(site.Group);
        if (circuit.FailureCount < StoreReading.FailuresBefore)
            await Store.ArrangeAsync(circuit with { FailureCount = StoreReading.FailuresBefore, ProbeLimit = StoreReading.ProbeLimit });
    }

    private async Task<Walker> BeginAsync()
    {
        var (group, rows) = await SiteAsync(SiteState.Rows);
        var site = new Walker(group, rows);
        await ArrangeAsync(site);
        return site;
    }

    private async Task EndAsync(Walker site)
    {
        for (var row = 0; row < SiteState.Rows; row++)
        {
            if (site.State.Row(row).IsLocked)
                await Store.UnlockAsync(site.Rows[row]);
            await Store.ArrangeAsync(await Store.RowAsync(site.Rows[row]) with { Status = RowStatus.Completed });
        }
    }

    private sealed class PartedException(string message) : Exception(message);

    private sealed class Walker(GroupKey group, Guid[] rows)
    {
        public GroupKey Group => group;

        public Guid[] Rows => rows;

        public ClaimedGroup?[] Batches { get; } = new ClaimedGroup?[SiteState.Workers];

        public SiteState State { get; set; }
    }
}
