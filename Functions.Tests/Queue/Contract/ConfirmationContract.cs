using OpsMantik.Core.Confirmations;
using OpsMantik.Core.Providers;
using OpsMantik.Core.Queue;
using OpsMantik.Reliability.Simulation.Store;

namespace OpsMantik.Functions.Tests.Queue.Contract;

[TestFixture(typeof(PostgresStoreUnderTest))]
[TestFixture(typeof(MemoryStoreUnderTest))]
internal sealed class ConfirmationContract<TStore> : StoreContract<TStore> where TStore : IStoreUnderTest, new()
{
    [Test]
    public async Task A_request_is_leased_when_it_is_due_and_to_one()
    {
        var (_, rows) = await SubmittedAsync(3);
        var tooEarly = await LeaseAsync();
        await Store.AdvanceAsync(TimeSpan.FromMinutes(31));

        var leased = (await LeaseAsync()).Single();

        Assert.Multiple(async () =>
        {
            Assert.That(tooEarly, Is.Empty);
            Assert.That(await LeaseAsync(), Is.Empty, "leased");
            Assert.That((leased.RequestId, leased.QuestionsAsked, leased.Overdue), Is.EqualTo(("request-1", 1, false)));
            Assert.That(leased.Credential!.Payload, Is.EqualTo("sealed"));
            Assert.That(leased.Rows.Select(row => row.Id), Is.EqualTo(rows));
            Assert.That(leased.Rows.Select(row => row.RequestIndex), Is.EqualTo(new int?[] { 0, 1, 2 }));
        });
    }

    [Test]
    public async Task A_lease_ends_by_itself_and_a_late_settling_changes_nothing()
    {
        var (group, rows) = await SubmittedAsync(2);
        await Store.AdvanceAsync(TimeSpan.FromMinutes(31));
        var late = (await LeaseAsync()).Single();
        await Store.AdvanceAsync(ConfirmationStore.Lease + TimeSpan.FromMinutes(1));
        var current = (await LeaseAsync()).Single();

        var lateCounts = await SettleAsync(late, Unavailable, Unavailable);
        await Store.Confirmations.PostponeAsync(late, TimeSpan.FromDays(1), CancellationToken.None);
        var counts = await SettleAsync(current, UploadOutcome.Completed(), UploadOutcome.Completed());
        var again = await SettleAsync(current, Unavailable, Unavailable);

        Assert.Multiple(async () =>
        {
            Assert.That((lateCounts.Changed, counts.Changed, again.Changed), Is.EqualTo((0, 2, 0)));
            Assert.That(current.QuestionsAsked, Is.EqualTo(2));
            Assert.That((await RowsAsync(rows)).Select(row => row.Status), Is.All.EqualTo(RowStatus.Completed));
            Assert.That((await Store.RequestAsync(group, "request-1")).SettledAt, Is.Not.Null);
            Assert.That((await Store.CircuitAsync(group)).FailureCount, Is.Zero);
        });
    }

    [Test]
    public async Task Settling_gives_each_row_its_outcome_and_counts_no_attempt()
    {
        var (group, rows) = await SubmittedAsync(3);
        await Store.AdvanceAsync(TimeSpan.FromMinutes(31));
        var leased = (await LeaseAsync()).Single();

        var counts = await SettleAsync(
            leased, UploadOutcome.Completed(), Unavailable,
            UploadOutcome.Failed("INVALID_GCLID", ErrorCategory.Validation, "no click"));
        var stands = await RowsAsync(rows);

        Assert.Multiple(async () =>
        {
            Assert.That(counts, Is.EqualTo(new WriteBackCounts(3, Completed: 1, Failed: 1, Retry: 1, Submitted: 0)));
            Assert.That(
                stands.Select(row => (row.Status, row.RetryCount)),
                Is.EqualTo(new[] { (RowStatus.Completed, 0), (RowStatus.Retry, 1), (RowStatus.Failed, 1) }));
            Assert.That(await Store.CountersAsync(group), Is.EqualTo(new Counters(3, 1, 1, 1, 3)));
            Assert.That((await Store.LedgerAsync(group)).Count(line => line.Finished), Is.EqualTo(2));
            Assert.That(await LeaseAsync(), Is.Empty);
        });
    }

    [Test]
    public async Task A_row_that_was_queued_again_by_hand_is_left_alone()
    {
        var (group, rows) = await SubmittedAsync(2);
        await Store.AdvanceAsync(TimeSpan.FromMinutes(31));
        var leased = (await LeaseAsync()).Single();
        await Store.ArrangeAsync((await Store.RowAsync(rows[0])) with { Status = RowStatus.Queued });

        var counts = await SettleAsync(leased, UploadOutcome.Completed(), UploadOutcome.Completed());

        Assert.That(counts.Changed, Is.EqualTo(1));
        Assert.That((await Store.RowAsync(rows[0])).Status, Is.EqualTo(RowStatus.Queued));
        Assert.That(await Store.CountersAsync(group), Is.EqualTo(new Counters(2, 1, 0, 0, 2)));
    }

    [Test]
    public async Task A_postponed_request_comes_back_and_grows_overdue()
    {
        await SubmittedAsync(1);
        await Store.AdvanceAsync(TimeSpan.FromMinutes(31));
        await Store.Confirmations.PostponeAsync(
            (await LeaseAsync()).Single(), TimeSpan.FromHours(1), CancellationToken.None);
        var tooEarly = await LeaseAsync();
        await Store.AdvanceAsync(TimeSpan.FromHours(73));

        var leased = (await LeaseAsync()).Single();

        Assert.That(tooEarly, Is.Empty);
        Assert.That((leased.Overdue, leased.QuestionsAsked), Is.EqualTo((true, 2)));
    }

    [TestCase(CircuitSignal.Success, CircuitState.Closed, 4)]
    [TestCase(CircuitSignal.TransientFailure, CircuitState.Open, 5)]
    public async Task Settling_counts_passing_failures_and_closes_nothing(
        CircuitSignal signal, CircuitState state, int failures)
    {
        var (group, _) = await SubmittedAsync(1);
        await Store.ArrangeAsync(new Circuit(group) { FailureCount = 4 });
        await Store.AdvanceAsync(TimeSpan.FromMinutes(31));
        var leased = (await LeaseAsync()).Single();

        await Store.Confirmations.SettleAsync(
            leased, Results(leased, [UploadOutcome.Completed()]), signal, CancellationToken.None);

        var circuit = await Store.CircuitAsync(group);
        Assert.That((circuit.State, circuit.FailureCount), Is.EqualTo((state, failures)));
    }

    private async Task<(GroupKey Group, Guid[] Rows)> SubmittedAsync(int count)
    {
        var (group, rows) = await SiteAsync(count);
        await WriteBackAsync(
            (await ClaimAsync()).Single(), [.. Enumerable.Range(0, count).Select(i => UploadOutcome.Submitted("request-1", i))]);
        return (group, rows);
    }

    private Task<IReadOnlyList<LeasedRequest>> LeaseAsync() => Store.Confirmations.LeaseAsync(
        Provider, NextGuid(), 20, TimeSpan.FromHours(72), CancellationToken.None);

    private Task<WriteBackCounts> SettleAsync(LeasedRequest request, params UploadOutcome[] outcomes) =>
        Store.Confirmations.SettleAsync(
            request, Results(request, outcomes), CircuitSignals.Of(outcomes), CancellationToken.None);

    private static JobResult[] Results(LeasedRequest request, UploadOutcome[] outcomes) =>
        [.. request.Rows.Select((row, i) => RetryPolicy.Apply(row.Id, row.RetryCount, outcomes[i], null, jitter: 0))];
}
