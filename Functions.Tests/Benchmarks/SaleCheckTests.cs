using OpsMantik.Benchmarks;
using OpsMantik.Benchmarks.Drain;
using OpsMantik.Benchmarks.Peers;
using OpsMantik.Testbed;

namespace OpsMantik.Functions.Tests.Benchmarks;

/// <summary>Whoever is compared on the same work has done it.</summary>
public class SaleCheckTests
{
    private static readonly Guid[] Sites = [Guid.NewGuid(), Guid.NewGuid()];

    [TestCase("delete from peer.sale_outcomes where sale_id = (select min(sale_id::text)::uuid from peer.sale_outcomes)")]
    [TestCase("update peer.sale_outcomes set status = 'RETRY' where sale_id = (select min(sale_id::text)::uuid from peer.sale_outcomes)")]
    [TestCase("update peer.sale_outcomes set provider_ref = 'another' where sale_id = (select min(sale_id::text)::uuid from peer.sale_outcomes)")]
    [TestCase("update peer.sale_outcomes set provider_request_id = null")]
    [TestCase("update peer.sale_outcomes set uploaded_at = null")]
    [TestCase("update peer.site_counters set completed_total = completed_total + case site_id when (select min(site_id::text)::uuid from peer.site_counters) then 1 else -1 end")]
    [TestCase("delete from peer.site_counters")]
    [TestCase("delete from peer.upload_ledger where id = (select min(id) from peer.upload_ledger)")]
    public async Task A_peer_that_leaves_out_some_of_the_work_fails(string omission)
    {
        await using var database = await PeerDatabaseAsync();
        await WriteAsync(database, Sales(6));
        await SaleCheck.VerifyAsync(database, "peer", 6, SaleCheck.OfPeer);

        await database.ExecuteAsync(omission);

        Assert.ThrowsAsync<PeerException>(() => SaleCheck.VerifyAsync(database, "peer", 6, SaleCheck.OfPeer));
    }

    [TestCase("update offline_conversion_queue set provider_request_id = null where provider_ref = (select min(provider_ref) from offline_conversion_queue)")]
    [TestCase("update provider_upload_metrics set completed_total = completed_total - 1")]
    [TestCase("delete from provider_upload_attempts where phase = 'FINISHED'")]
    public async Task So_does_this_worker(string omission)
    {
        await using var database = await (await PostgresServer.GetAsync()).CreateDatabaseAsync();
        await database.EnqueueAsync(await database.AddSitesAsync(2), [5, 3]);
        await OwnDrain.RateAsync(database, 8);
        await SaleCheck.VerifyAsync(database, "this worker", 8, SaleCheck.OfWorker);

        await database.ExecuteAsync(omission);

        Assert.ThrowsAsync<PeerException>(() => SaleCheck.VerifyAsync(database, "this worker", 8, SaleCheck.OfWorker));
    }

    [Test]
    public async Task A_sale_that_is_done_again_is_counted_once()
    {
        await using var database = await PeerDatabaseAsync();
        var sales = Sales(6);

        await WriteAsync(database, sales);
        await WriteAsync(database, sales);

        await SaleCheck.VerifyAsync(database, "peer", 6, SaleCheck.OfPeer);
    }

    private static List<QueuedSale> Sales(int count) =>
        [.. Enumerable.Range(0, count).Select(n => new QueuedSale(Sites[n % 2], Guid.NewGuid(), $"click-{n}", TimeProvider.System.GetUtcNow().UtcDateTime, 12345, "TRY"))];

    private static async Task WriteAsync(TestbedDatabase database, List<QueuedSale> sales)
    {
        var batches = new SaleBatches(database.Admin);
        await Task.WhenAll(sales.Select(batches.WriteAsync));
    }

    internal static async Task<TestbedDatabase> PeerDatabaseAsync()
    {
        var database = await (await PostgresServer.GetAsync()).CreateDatabaseAsync();
        await database.ExecuteAsync(BenchSql.Load("Peers.node.SaleTables"));
        return database;
    }
}
