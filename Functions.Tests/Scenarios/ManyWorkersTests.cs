using OpsMantik.Functions.Tests.Support;

namespace OpsMantik.Functions.Tests.Scenarios;

internal sealed class ManyWorkersTests : Scenario
{
    private const int Sites = 50;
    private const int RowsOfSite = 400;

    [TestCase(2)]
    [TestCase(8)]
    public async Task Workers_at_once_bring_every_conversion_exactly_once(int count)
    {
        Google.KeepBodies = false;
        for (var number = 1; number <= Sites; number++)
            await Database.EnqueueAsync(await AddSiteAsync(number), RowsOfSite, $"click-{number}");

        var workers = Enumerable.Range(0, count).Select(_ => NewWorker()).ToArray();
        var summaries = await Task.WhenAll(workers.Select(worker => worker.UploadAsync()));
        foreach (var worker in workers)
            await worker.DisposeAsync();

        var orders = Google.Orders;
        Assert.Multiple(async () =>
        {
            Assert.That(orders, Has.Count.EqualTo(Sites * RowsOfSite));
            Assert.That(orders.Count(order => (order.Deliveries, order.Counted) != (1, 1)), Is.Zero);
            Assert.That(summaries.Sum(summary => summary.Completed), Is.EqualTo(Sites * RowsOfSite));
            Assert.That(summaries.Count(summary => summary.Completed > 0), Is.EqualTo(count), "all of them worked");
            Assert.That(
                await Database.ScalarAsync<long>("select count(*) from offline_conversion_queue where status = 'COMPLETED'"),
                Is.EqualTo(Sites * RowsOfSite));
            Assert.That(await SitesWithWrongCountersAsync(), Is.Empty);
        });
    }
}
