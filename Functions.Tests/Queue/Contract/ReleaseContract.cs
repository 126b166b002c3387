using OpsMantik.Reliability.Simulation.Store;

namespace OpsMantik.Functions.Tests.Queue.Contract;

/// <summary>Release and recovery.</summary>
[TestFixture(typeof(PostgresStoreUnderTest))]
[TestFixture(typeof(MemoryStoreUnderTest))]
internal sealed class ReleaseContract<TStore> : StoreContract<TStore> where TStore : IStoreUnderTest, new()
{
    [TestCase(false, 1)]
    [TestCase(true, 2)]
    public async Task Released_rows_are_due_at_once_unspent_and_remember_whether_they_may_have_been_sent(
        bool maySent, int claimCount)
    {
        var (_, rows) = await SiteAsync(2);
        var claimed = (await ClaimAsync()).Single();

        var released = await ReleaseAsync(claimed, maySent);
        var stands = await RowsAsync(rows);
        var again = (await ClaimAsync()).Single();

        Assert.Multiple(() =>
        {
            Assert.That(released, Is.EqualTo(2));
            Assert.That(stands.Select(row => row.Status), Is.All.EqualTo(RowStatus.Queued));
            Assert.That(stands.Select(row => row.ClaimToken), Is.All.Null);
            Assert.That(again.Jobs.Select(job => job.ClaimCount), Is.All.EqualTo(claimCount));
            Assert.That(again.Jobs.Select(job => job.RetryCount), Is.All.Zero);
        });
    }

    [Test]
    public async Task A_shift_is_kept_for_the_next_claim_and_only_under_its_own()
    {
        var (_, rows) = await SiteAsync(2);
        var first = (await ClaimAsync()).Single();
        await Queue.ShiftAsync(first, new Dictionary<Guid, int> { [rows[0]] = 3 }, CancellationToken.None);
        await ReleaseAsync(first, maySent: false);
        var second = (await ClaimAsync()).Single();
        await Queue.ShiftAsync(first, new Dictionary<Guid, int> { [rows[0]] = 9, [rows[1]] = 9 }, CancellationToken.None);
        await ReleaseAsync(second, maySent: false);
        var third = (await ClaimAsync()).Single();

        Assert.That(second.Jobs.ToDictionary(job => job.Id, job => job.TimeShift), Is.EquivalentTo(
            new Dictionary<Guid, int> { [rows[0]] = 3, [rows[1]] = 0 }));
        Assert.That(third.Jobs.Sum(job => job.TimeShift), Is.EqualTo(3), "a claim that is over changes nothing");
    }

    [Test]
    public async Task A_released_claim_is_over()
    {
        var (_, rows) = await SiteAsync();
        var late = (await ClaimAsync()).Single();
        await ReleaseAsync(late, maySent: false);
        var beforeNext = await WriteBackAsync(late, Unavailable);
        await ClaimAsync();

        Assert.Multiple(async () =>
        {
            Assert.That(beforeNext.Changed, Is.Zero);
            Assert.That((await WriteBackAsync(late, Unavailable)).Changed, Is.Zero);
            Assert.That(await ReleaseAsync(late, maySent: false), Is.Zero, "not another claim's rows");
            Assert.That((await Store.RowAsync(rows[0])).Status, Is.EqualTo(RowStatus.Processing));
            Assert.That((await Store.RowAsync(rows[0])).ClaimCount, Is.EqualTo(1));
        });
    }

    [Test]
    public async Task Recovery_takes_back_what_is_too_old_and_nothing_younger()
    {
        var (_, rows) = await SiteAsync(2);
        await ClaimAsync(limit: 1);
        await Store.AdvanceAsync(TimeSpan.FromMinutes(10));
        await ClaimAsync(limit: 1);
        await Store.AdvanceAsync(TimeSpan.FromMinutes(6));

        var recovered = await RecoverAsync();
        var stands = await RowsAsync(rows);

        Assert.Multiple(() =>
        {
            Assert.That(recovered, Is.EqualTo(1));
            Assert.That(stands.Select(row => row.Status), Is.EqualTo(new[] { RowStatus.Queued, RowStatus.Processing }));
            Assert.That(stands.Select(row => row.ClaimToken is not null), Is.EqualTo(new[] { false, true }));
            Assert.That(stands.Select(row => row.RetryCount), Is.All.Zero);
            Assert.That(stands.Select(row => row.ClaimCount), Is.All.EqualTo(1), "it may have been sent");
        });
    }

    [Test]
    public async Task Recovery_touches_no_row_that_is_not_processing()
    {
        var (_, rows) = await SiteAsync(4);
        var stands = await RowsAsync(rows);
        RowStatus[] statuses = [RowStatus.Completed, RowStatus.Failed, RowStatus.Retry, RowStatus.Submitted];
        for (var i = 0; i < statuses.Length; i++)
            await Store.ArrangeAsync(stands[i] with { Status = statuses[i] });
        await Store.AdvanceAsync(TimeSpan.FromDays(2));

        Assert.That(await RecoverAsync(1), Is.Zero);
        Assert.That((await RowsAsync(rows)).Select(row => row.Status), Is.EqualTo(statuses));
    }

    [Test]
    public void Recovery_refuses_an_age_below_a_minute() => Assert.That(() => RecoverAsync(0), Throws.Exception);

    [TestCase(24, RowStatus.Failed)]
    [TestCase(23, RowStatus.Queued)]
    public async Task A_row_that_25_claims_did_not_end_fails_uncharged(int claimsBefore, RowStatus status)
    {
        var (group, rows) = await SiteAsync();
        await Store.ArrangeAsync((await Store.RowAsync(rows[0])) with { ClaimCount = claimsBefore });
        var claim = (await ClaimAsync()).Single();
        var whileHeld = await Queue.FailEndlessAsync(15, CancellationToken.None);
        await Store.AdvanceAsync(TimeSpan.FromMinutes(16));

        var failed = await Queue.FailEndlessAsync(15, CancellationToken.None);
        var recovered = await RecoverAsync();

        var row = await Store.RowAsync(rows[0]);
        var ends = status == RowStatus.Failed ? 1 : 0;
        Assert.That((whileHeld, failed, recovered), Is.EqualTo((0, ends, 1 - ends)));
        Assert.That((row.Status, row.RetryCount, row.ClaimToken, row.ClaimedAt), Is.EqualTo((status, 0, (Guid?)null, (DateTimeOffset?)null)));
        Assert.That(row.ErrorCode, Is.EqualTo(ends == 1 ? "WORKER_ERROR" : null));
        Assert.That((await Store.CountersAsync(group)).Failed, Is.EqualTo(ends));
        Assert.That((await Store.LedgerAsync(group)).Count(line => line.Finished && line.BatchId == claim.ClaimToken), Is.EqualTo(ends));
    }
}
