using OpsMantik.Core.Providers;
using OpsMantik.Core.Queue;
using OpsMantik.Reliability.Simulation.Store;

namespace OpsMantik.Functions.Tests.Queue.Contract;

[TestFixture(typeof(PostgresStoreUnderTest))]
[TestFixture(typeof(MemoryStoreUnderTest))]
internal sealed class CircuitContract<TStore> : StoreContract<TStore> where TStore : IStoreUnderTest, new()
{
    [Test]
    public async Task Five_passing_failures_in_a_row_open()
    {
        var (group, _) = await SiteAsync(6);
        List<CircuitState> states = [];
        for (var i = 0; i < 5; i++)
        {
            await WriteBackAsync((await ClaimAsync(limit: 1)).Single(), Unavailable);
            states.Add((await Store.CircuitAsync(group)).State);
        }

        var minutes = ((await Store.CircuitAsync(group)).NextProbeAt!.Value - await Store.NowAsync()).TotalMinutes;
        Assert.That(states, Is.EqualTo(Enumerable.Repeat(CircuitState.Closed, 4).Append(CircuitState.Open)));
        Assert.That(minutes, Is.InRange(4.5, 6.01));
    }

    [TestCase(CircuitSignal.Success, 0)]
    [TestCase(CircuitSignal.None, 4)]
    public async Task A_success_starts_the_count_anew_and_a_refusal_says_nothing(CircuitSignal signal, int failures)
    {
        var (group, _) = await SiteAsync();
        await Store.ArrangeAsync(new Circuit(group) { FailureCount = 4 });

        await WriteBackAsync((await ClaimAsync()).Single(), UploadOutcome.Completed(), signal);

        Assert.That((await Store.CircuitAsync(group)).FailureCount, Is.EqualTo(failures));
    }

    [Test]
    public async Task Rows_of_an_open_group_wait_until_after_its_probe_and_spend_nothing()
    {
        var (group, rows) = await SiteAsync(2);
        var now = await Store.NowAsync();
        await Store.ArrangeAsync((await Store.RowAsync(rows[1])) with { NextRetryAt = now.AddHours(1) });
        await Store.ArrangeAsync(new Circuit(group) { State = CircuitState.Open, FailureCount = 5, NextProbeAt = now.AddMinutes(4) });

        var groups = await ClaimAsync();
        var row = await Store.RowAsync(rows[0]);

        Assert.Multiple(async () =>
        {
            Assert.That(groups, Is.Empty);
            Assert.That(await MinutesToNextTryAsync(rows[0]), Is.InRange(3.5, 4.51));
            Assert.That((row.LastError, row.RetryCount, row.ClaimCount), Is.EqualTo(("CIRCUIT_OPEN", 0, 0)));
            Assert.That(await MinutesToNextTryAsync(rows[1]), Is.EqualTo(60).Within(0.5), "due later anyway");
        });
    }

    [TestCase(5, 5)]
    [TestCase(2, 2)]
    [TestCase(0, 1)]
    public async Task One_probe_of_at_most_probe_limit_rows_goes_out(int limit, int rows)
    {
        var group = await DueForProbeAsync(9, limit);

        var probe = (await ClaimAsync()).Single();
        var second = await ClaimAsync();
        var circuit = await Store.CircuitAsync(group);

        Assert.Multiple(async () =>
        {
            Assert.That((probe.IsProbe, probe.Jobs.Count), Is.EqualTo((true, rows)));
            Assert.That(second, Is.Empty, "the probe is taken");
            Assert.That((circuit.State, circuit.ProbeToken), Is.EqualTo((CircuitState.HalfOpen, (Guid?)probe.ClaimToken)));
            Assert.That(
                (circuit.ProbeLeaseUntil!.Value - await Store.NowAsync()).TotalMinutes,
                Is.EqualTo(Claim.Lease.TotalMinutes).Within(0.5));
        });
    }

    [Test]
    public async Task A_claim_without_room_takes_no_probe()
    {
        var groups = new[] { await DueForProbeAsync(2), await DueForProbeAsync(2) };

        var claimed = await ClaimAsync(limit: 1);

        var states = new[] { (await Store.CircuitAsync(groups[0])).State, (await Store.CircuitAsync(groups[1])).State };
        Assert.That(claimed, Has.Count.EqualTo(1));
        Assert.That(states, Is.EquivalentTo(new[] { CircuitState.Open, CircuitState.HalfOpen }));
    }

    [Test]
    public async Task A_probe_that_dies_frees_itself_when_its_lease_ends()
    {
        await DueForProbeAsync(9);
        await ClaimAsync();
        await Store.AdvanceAsync(TimeSpan.FromMinutes(9));
        var whileLeased = await ClaimAsync();
        await Store.AdvanceAsync(TimeSpan.FromMinutes(2));

        Assert.That(whileLeased, Is.Empty);
        Assert.That((await ClaimAsync()).Single().Jobs, Has.Count.EqualTo(4), "what the dead probe did not take");
    }

    [Test]
    public async Task A_successful_probe_closes_and_its_run_leaves_the_rest_to_the_next()
    {
        var group = await DueForProbeAsync(9);
        var run = NextGuid();

        await WriteBackAsync((await ClaimAsync(run: run)).Single(), UploadOutcome.Completed());

        var circuit = await Store.CircuitAsync(group);
        Assert.That(
            (circuit.State, circuit.FailureCount, circuit.ProbeToken, circuit.ProbeLeaseUntil, circuit.NextProbeAt),
            Is.EqualTo((CircuitState.Closed, 0, (Guid?)null, (DateTimeOffset?)null, (DateTimeOffset?)null)));
        Assert.That(await ClaimAsync(run: run), Is.Empty);
        Assert.That((await ClaimAsync()).Single().Jobs, Has.Count.EqualTo(4));
    }

    [Test]
    public async Task A_failed_probe_opens_again()
    {
        var group = await DueForProbeAsync(9);

        await WriteBackAsync((await ClaimAsync()).Single(), Unavailable);

        var circuit = await Store.CircuitAsync(group);
        Assert.That((circuit.State, circuit.ProbeToken), Is.EqualTo((CircuitState.Open, (Guid?)null)));
        Assert.That(await ClaimAsync(), Is.Empty);
    }

    [TestCase(true)]
    [TestCase(false)]
    public async Task A_probe_that_proves_nothing_is_free_for_the_next_run(bool released)
    {
        var group = await DueForProbeAsync(9);
        var probe = (await ClaimAsync()).Single();

        if (released)
            await ReleaseAsync(probe, maySent: false);
        else
            await WriteBackAsync(probe, UploadOutcome.Failed("EXPIRED_EVENT", ErrorCategory.Validation, "too old"));

        Assert.That((await Store.CircuitAsync(group)).State, Is.EqualTo(CircuitState.HalfOpen));
        Assert.That((await ClaimAsync()).Single().IsProbe, Is.True);
    }

    [Test]
    public async Task A_dead_probe_that_comes_back_does_not_free_its_successors_lease()
    {
        var group = await DueForProbeAsync(9);
        var dead = (await ClaimAsync()).Single();
        await Store.AdvanceAsync(TimeSpan.FromMinutes(11));
        var probe = (await ClaimAsync()).Single();

        await WriteBackAsync(dead, UploadOutcome.Failed("EXPIRED_EVENT", ErrorCategory.Validation, "too old"));
        await ReleaseAsync(dead, maySent: true);

        Assert.That((await Store.CircuitAsync(group)).ProbeToken, Is.EqualTo(probe.ClaimToken));
    }

    [Test]
    public async Task While_a_probe_lives_no_other_batchs_failure_opens_the_circuit_and_no_second_probe_goes_out()
    {
        var (group, earlier, probe) = await ProbeBesideAnEarlierBatchAsync();

        await WriteBackAsync(earlier, Unavailable);

        var circuit = await Store.CircuitAsync(group);
        Assert.That(
            (circuit.State, circuit.ProbeToken, circuit.FailureCount),
            Is.EqualTo((CircuitState.HalfOpen, (Guid?)probe.ClaimToken, 6)));
        // Past any next probe, and within the lease.
        await Store.AdvanceAsync(TimeSpan.FromMinutes(8));
        Assert.That(await ClaimAsync(), Is.Empty);

        await WriteBackAsync(probe, Unavailable);
        Assert.That((await Store.CircuitAsync(group)).State, Is.EqualTo(CircuitState.Open));
    }

    [Test]
    public async Task Beside_a_probe_that_died_any_failure_opens_the_circuit()
    {
        var (group, earlier, _) = await ProbeBesideAnEarlierBatchAsync();
        await Store.AdvanceAsync(TimeSpan.FromMinutes(11));

        await WriteBackAsync(earlier, Unavailable);

        Assert.That((await Store.CircuitAsync(group)).State, Is.EqualTo(CircuitState.Open));
    }

    private async Task<(GroupKey Group, ClaimedGroup Earlier, ClaimedGroup Probe)> ProbeBesideAnEarlierBatchAsync()
    {
        var (group, _) = await SiteAsync(12);
        var earlier = (await ClaimAsync(limit: 1)).Single();
        await Store.ArrangeAsync(new Circuit(group)
        {
            State = CircuitState.Open,
            FailureCount = 5,
            NextProbeAt = (await Store.NowAsync()).AddSeconds(-1),
        });
        return (group, earlier, (await ClaimAsync()).Single());
    }

    private async Task<GroupKey> DueForProbeAsync(int rows, int limit = 5)
    {
        var (group, _) = await SiteAsync(rows);
        await Store.ArrangeAsync(new Circuit(group)
        {
            State = CircuitState.Open,
            FailureCount = 5,
            NextProbeAt = (await Store.NowAsync()).AddSeconds(-1),
            ProbeLimit = limit,
        });
        return group;
    }
}
