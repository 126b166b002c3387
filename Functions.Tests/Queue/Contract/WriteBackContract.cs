using OpsMantik.Core.Providers;
using OpsMantik.Core.Queue;
using OpsMantik.Reliability.Simulation.Store;

namespace OpsMantik.Functions.Tests.Queue.Contract;

[TestFixture(typeof(PostgresStoreUnderTest))]
[TestFixture(typeof(MemoryStoreUnderTest))]
internal sealed class WriteBackContract<TStore> : StoreContract<TStore> where TStore : IStoreUnderTest, new()
{
    [Test]
    public async Task Each_row_gets_its_own_outcome_and_counters_and_ledger_are_their_sum()
    {
        var (group, _) = await SiteAsync(5);
        var claimed = (await ClaimAsync()).Single();

        var counts = await WriteBackAsync(claimed,
        [
            UploadOutcome.Completed(), Unavailable, Unavailable, UploadOutcome.Submitted("request-1", 0),
            UploadOutcome.Failed("EXPIRED_EVENT", ErrorCategory.Validation, new string('x', 2_000)),
        ]);
        var rows = await RowsAsync(claimed.Jobs.Select(job => job.Id));

        Assert.Multiple(async () =>
        {
            Assert.That(counts, Is.EqualTo(new WriteBackCounts(5, Completed: 1, Failed: 1, Retry: 2, Submitted: 1)));
            Assert.That(
                rows.Select(row => row.Status),
                Is.EqualTo(new[] { RowStatus.Completed, RowStatus.Retry, RowStatus.Retry, RowStatus.Submitted, RowStatus.Failed }));
            Assert.That(rows.Select(row => row.RetryCount), Is.EqualTo(new[] { 0, 1, 1, 0, 1 }));
            Assert.That(rows.Select(row => row.UploadedAt is not null), Is.EqualTo(new[] { true, false, false, false, false }));
            Assert.That(rows.Select(row => (row.ClaimToken, row.ClaimedAt)), Is.All.EqualTo(((Guid?)null, (DateTimeOffset?)null)));
            Assert.That(rows.Select(row => row.Reference), Is.All.EqualTo("order"));
            Assert.That((rows[1].ErrorCode, rows[1].ErrorCategory, rows[1].LastError),
                Is.EqualTo(("HTTP_503", (ErrorCategory?)ErrorCategory.Transient, "unavailable")));
            Assert.That((rows[3].RequestId, rows[3].RequestIndex), Is.EqualTo(("request-1", (int?)0)));
            Assert.That(rows[4].LastError, Has.Length.EqualTo(1_000));
            Assert.That(await Store.CountersAsync(group), Is.EqualTo(new Counters(5, 1, 1, 2, 1)));
            Assert.That(
                (await Store.LedgerAsync(group)).Single(line => line.Finished),
                Is.EqualTo(new LedgerLine(
                    claimed.ClaimToken, group, true, 5, 1, 1, 2, 1, "HTTP_503", ErrorCategory.Transient)));
            Assert.That(await MinutesToNextTryAsync(rows[1].Id), Is.EqualTo(5).Within(0.5));
            Assert.That(
                ((await Store.RequestAsync(group, "request-1")).NextCheckAt - await Store.NowAsync()).TotalMinutes,
                Is.EqualTo(30).Within(0.5));
        });
    }

    [Test]
    public async Task A_stale_token_changes_no_row_and_nothing_else()
    {
        var (group, rows) = await SiteAsync();
        var late = (await ClaimAsync()).Single();
        await Store.AdvanceAsync(TimeSpan.FromMinutes(16));
        await RecoverAsync();
        var current = (await ClaimAsync()).Single();

        var whileHeld = await WriteBackAsync(late, Unavailable);
        await WriteBackAsync(current, UploadOutcome.Completed());
        var afterwards = await WriteBackAsync(late, Unavailable);

        Assert.Multiple(async () =>
        {
            Assert.That((whileHeld.Changed, afterwards.Changed), Is.EqualTo((0, 0)));
            Assert.That((await Store.RowAsync(rows[0])).Status, Is.EqualTo(RowStatus.Completed));
            Assert.That((await Store.RowAsync(rows[0])).RetryCount, Is.Zero);
            Assert.That(await Store.CountersAsync(group), Is.EqualTo(new Counters(1, 1, 0, 0, 0)));
            Assert.That((await Store.CircuitAsync(group)).FailureCount, Is.Zero);
            Assert.That((await Store.LedgerAsync(group)).Count(line => line.Finished), Is.EqualTo(1));
        });
    }

    [Test]
    public async Task Of_a_batch_that_was_recovered_in_part_only_the_rest_changes_and_counts()
    {
        var (group, rows) = await SiteAsync(3);
        var claimed = (await ClaimAsync()).Single();
        var taken = await Store.RowAsync(rows[1]);
        await Store.ArrangeAsync(taken with { Status = RowStatus.Queued, ClaimToken = null, ClaimedAt = null });

        var counts = await WriteBackAsync(claimed, UploadOutcome.Completed());

        Assert.That(counts, Is.EqualTo(new WriteBackCounts(2, 2, 0, 0, 0)));
        Assert.That(await Store.CountersAsync(group), Is.EqualTo(new Counters(2, 2, 0, 0, 0)));
        Assert.That((await Store.RowAsync(rows[1])).Status, Is.EqualTo(RowStatus.Queued));
    }

    [Test]
    public async Task Repeating_a_write_back_changes_nothing()
    {
        var (group, _) = await SiteAsync(2);
        var claimed = (await ClaimAsync()).Single();
        await WriteBackAsync(claimed, Unavailable);

        var again = await WriteBackAsync(claimed, Unavailable);

        Assert.That(again.Changed, Is.Zero);
        Assert.That(await Store.CountersAsync(group), Is.EqualTo(new Counters(2, 0, 0, 2, 0)));
        Assert.That((await Store.CircuitAsync(group)).FailureCount, Is.EqualTo(1));
    }

    [Test]
    public async Task The_seventh_attempt_fails_and_no_row_has_more()
    {
        var (_, rows) = await SiteAsync();
        List<(RowStatus, int)> steps = [];
        for (var i = 0; i < 7; i++)
        {
            await WriteBackAsync((await ClaimAsync()).Single(), Unavailable, CircuitSignal.None);
            var row = await Store.RowAsync(rows[0]);
            steps.Add((row.Status, row.RetryCount));
            await Store.AdvanceAsync(TimeSpan.FromHours(24));
        }

        Assert.That(steps, Is.EqualTo(Enumerable.Range(1, 7).Select(i => (i < 7 ? RowStatus.Retry : RowStatus.Failed, i))));
        Assert.That(await ClaimAsync(), Is.Empty);
    }

    [Test]
    public async Task A_wait_spends_no_attempt_and_what_never_left_gives_its_claim_back()
    {
        var (_, rows) = await SiteAsync(2);
        var wait = UploadOutcome.Postponed("WAIT", ErrorCategory.Transient, "wait", TimeSpan.FromHours(6));

        await WriteBackAsync((await ClaimAsync()).Single(), [wait, wait with { MayHaveBeenSent = false }]);
        var stands = await RowsAsync(rows);

        Assert.That(stands.Select(row => row.RetryCount), Is.All.Zero);
        Assert.That(stands.Select(row => row.ClaimCount), Is.EqualTo(new[] { 1, 0 }));
        Assert.That(await MinutesToNextTryAsync(rows[0]), Is.EqualTo(360).Within(0.5));
    }
}
