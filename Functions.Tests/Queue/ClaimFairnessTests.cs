using OpsMantik.Functions.Tests.Support;

namespace OpsMantik.Functions.Tests.Queue;

internal sealed class ClaimFairnessTests : QueueFixture
{
    [Test]
    public async Task Every_due_site_gets_one_row_while_the_limit_allows_and_the_rest_goes_by_backlog()
    {
        var sites = await Database.AddSitesAsync(3);
        await Database.EnqueueAsync(sites[0], 900);
        await Database.EnqueueAsync(sites[1], 90);
        await Database.EnqueueAsync(sites[2], 1);

        var shares = await SharesAsync(limit: 103);

        Assert.Multiple(() =>
        {
            Assert.That(shares.Values.Sum(), Is.EqualTo(103), "the limit is used up");
            Assert.That(shares[sites[0]], Is.EqualTo(92).Within(1));
            Assert.That(shares[sites[1]], Is.EqualTo(10).Within(1));
            Assert.That(shares[sites[2]], Is.EqualTo(1));
        });
    }

    [Test]
    public async Task What_small_sites_leave_goes_to_the_large_one()
    {
        var sites = await Database.AddSitesAsync(10);
        await Database.EnqueueAsync(sites[0], 500);
        foreach (var site in sites[1..])
            await Database.EnqueueAsync(site, 1);

        var shares = await SharesAsync(limit: 100);

        Assert.Multiple(() =>
        {
            Assert.That(shares, Has.Count.EqualTo(10));
            Assert.That(shares[sites[0]], Is.EqualTo(91));
        });
    }

    [Test]
    public async Task No_group_gives_more_than_the_group_limit()
    {
        var sites = await Database.AddSitesAsync(2);
        await Database.EnqueueAsync(sites[0], 300);
        await Database.EnqueueAsync(sites[1], 20);

        var shares = await SharesAsync(limit: 1_000, groupLimit: 100);

        Assert.That((shares[sites[0]], shares[sites[1]]), Is.EqualTo((100, 20)));
    }

    [Test]
    public async Task With_fewer_rows_than_sites_everyone_has_a_turn_before_anyone_has_two()
    {
        var sites = await Database.AddSitesAsync(30);
        foreach (var site in sites)
            await Database.EnqueueAsync(site, 100);

        for (var round = 0; round < 2; round++)
        {
            List<Guid> served = [];
            for (var claim = 0; claim < 10; claim++)
                served.AddRange((await ClaimAsync(limit: 3)).Select(group => group.SiteId));
            Assert.That(served, Is.EquivalentTo(sites), "one row each");
        }
    }

    [Test]
    public async Task Beyond_two_hundred_large_sites_the_rest_comes_with_the_next_claim()
    {
        var sites = await Database.AddSitesAsync(450);
        foreach (var site in sites)
            await Database.EnqueueAsync(site, 6);

        List<IReadOnlyDictionary<Guid, int>> claims = [];
        for (var claim = 0; claim < 3; claim++)
            claims.Add(await SharesAsync(limit: 1_000));

        Assert.Multiple(() =>
        {
            Assert.That(claims[0], Has.Count.EqualTo(200), "five rows each");
            Assert.That(claims[0].Values, Is.All.EqualTo(5));
            Assert.That(claims.SelectMany(claim => claim.Keys).Distinct().Count(), Is.EqualTo(450), "every site has its turn");
        });
    }

    [Test]
    public async Task Workers_start_at_different_sites()
    {
        foreach (var site in await Database.AddSitesAsync(30))
            await Database.EnqueueAsync(site, 100);

        var first = new HashSet<Guid>();
        for (var seed = 0; seed < 8; seed++)
            first.Add((await ClaimAsync(limit: 1, queue: NewQueue(seed * 104_729 * 31))).Single().SiteId);

        Assert.That(first, Has.Count.GreaterThan(2));
    }

    private async Task<Dictionary<Guid, int>> SharesAsync(int limit, int groupLimit = 2_000) =>
        (await ClaimAsync(limit, groupLimit)).ToDictionary(group => group.SiteId, group => group.Jobs.Count);
}
