using OpsMantik.Reliability.Simulation.Store;

namespace OpsMantik.Functions.Tests.Queue.Contract;

[TestFixture(typeof(PostgresStoreUnderTest))]
[TestFixture(typeof(MemoryStoreUnderTest))]
internal sealed class ClaimContract<TStore> : StoreContract<TStore> where TStore : IStoreUnderTest, new()
{
    [Test]
    public async Task Only_due_rows_of_the_provider_are_claimed()
    {
        var (group, rows) = await SiteAsync(6);
        var now = await Store.NowAsync();
        var stands = await RowsAsync(rows);
        await Store.ArrangeAsync(stands[0] with { Status = RowStatus.Retry, NextRetryAt = now.AddMinutes(1) });
        await Store.ArrangeAsync(stands[1] with { Status = RowStatus.Retry, NextRetryAt = now.AddMinutes(-1) });
        await Store.ArrangeAsync(stands[2] with { Status = RowStatus.Completed });
        await Store.ArrangeAsync(stands[3] with { Status = RowStatus.Failed });
        await Store.ArrangeAsync(stands[4] with { Status = RowStatus.Submitted });
        await EnqueueAsync(group with { ProviderKey = "other" }, 1);

        var groups = await ClaimAsync();

        Assert.That(groups.Single().Jobs.Select(job => job.Id), Is.EquivalentTo(new[] { rows[1], rows[5] }));
    }

    [Test]
    public async Task A_claim_stamps_token_age_and_count_and_opens_the_ledger()
    {
        var (group, rows) = await SiteAsync(3);

        var claimed = (await ClaimAsync()).Single();
        var stands = await RowsAsync(rows);

        Assert.Multiple(async () =>
        {
            Assert.That(claimed.Jobs.Select(job => job.Id), Is.EqualTo(rows), "oldest first");
            Assert.That(claimed.Jobs.Select(job => job.ClaimCount), Is.All.EqualTo(1));
            Assert.That(claimed.Credential!.Payload, Is.EqualTo("sealed"));
            Assert.That(claimed.IsProbe, Is.False);
            Assert.That(stands.Select(row => row.Status), Is.All.EqualTo(RowStatus.Processing));
            Assert.That(stands.Select(row => row.ClaimToken), Is.All.EqualTo(claimed.ClaimToken));
            Assert.That(stands.Select(row => row.ClaimCount), Is.All.EqualTo(1));
            Assert.That(
                (await Store.NowAsync() - stands[0].ClaimedAt!.Value).TotalMinutes, Is.EqualTo(0).Within(0.5));
            var line = (await Store.LedgerAsync(group)).Single();
            Assert.That((line.BatchId, line.Finished, line.Rows), Is.EqualTo((claimed.ClaimToken, false, 3)));
        });
    }

    [Test]
    public async Task What_is_claimed_is_not_claimed_again()
    {
        await SiteAsync(3);
        await ClaimAsync();

        Assert.That(await ClaimAsync(), Is.Empty);
    }

    [Test]
    public async Task Rows_without_a_time_go_first_then_by_time_then_the_oldest()
    {
        var (_, rows) = await SiteAsync(4);
        var now = await Store.NowAsync();
        var stands = await RowsAsync(rows);
        await Store.ArrangeAsync(stands[0] with { NextRetryAt = now.AddMinutes(-1) });
        await Store.ArrangeAsync(stands[1] with { NextRetryAt = now.AddMinutes(-2) });

        List<Guid> order = [];
        for (var i = 0; i < rows.Length; i++)
            order.Add((await ClaimAsync(limit: 1)).Single().Jobs.Single().Id);

        Assert.That(order, Is.EqualTo(new[] { rows[2], rows[3], rows[1], rows[0] }));
    }

    [TestCase(103, 2_000, 92, 10, 1)]
    [TestCase(3, 2_000, 1, 1, 1)]
    [TestCase(1_000, 20, 20, 15, 1)]
    public async Task Shares_add_up_to_the_limit_and_follow_the_backlog(
        int limit, int groupLimit, int large, int middle, int small)
    {
        var sites = new[] { await SiteAsync(150), await SiteAsync(15), await SiteAsync(1) };
        var wanted = Math.Min(limit, new[] { 150, 15, 1 }.Sum(rows => Math.Min(rows, groupLimit)));

        var shares = (await ClaimAsync(limit, groupLimit)).ToDictionary(group => group.SiteId, group => group.Jobs.Count);

        Assert.Multiple(() =>
        {
            Assert.That(shares.Values.Sum(), Is.EqualTo(Math.Min(wanted, limit)));
            Assert.That(shares[sites[0].Group.SiteId], Is.EqualTo(large).Within(large / 20 + 1));
            Assert.That(shares[sites[1].Group.SiteId], Is.EqualTo(middle).Within(middle / 20 + 1));
            Assert.That(shares[sites[2].Group.SiteId], Is.EqualTo(small));
        });
    }

    [Test]
    public async Task With_fewer_rows_than_sites_everyone_has_a_turn_before_anyone_has_two()
    {
        List<Guid> sites = [];
        for (var i = 0; i < 9; i++)
            sites.Add((await SiteAsync(5)).Group.SiteId);

        for (var round = 0; round < 2; round++)
        {
            List<Guid> served = [];
            for (var claim = 0; claim < 3; claim++)
                served.AddRange((await ClaimAsync(limit: 3)).Select(group => group.SiteId));
            Assert.That(served, Is.EquivalentTo(sites));
        }
    }
}
