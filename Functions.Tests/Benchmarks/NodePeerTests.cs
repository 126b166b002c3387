using OpsMantik.Benchmarks;
using OpsMantik.Benchmarks.Peers;
using OpsMantik.Local;

namespace OpsMantik.Functions.Tests.Benchmarks;

/// <summary>The peers from npm, with the versions of the lock file.</summary>
public class NodePeerTests
{
    private DirectoryInfo _results = null!;

    [SetUp]
    public void NeedNpm()
    {
        if (SearchPath.Find(OperatingSystem.IsWindows() ? "npm.cmd" : "npm") is null)
            Assert.Ignore("graphile-worker and pg-boss come from npm.");
        _results = Directory.CreateTempSubdirectory("opsmantik-peers-");
    }

    [TearDown]
    public void DropResults() => _results?.Delete(recursive: true);

    [Test]
    public async Task The_peers_are_measured_on_the_same_work_and_on_bare_jobs()
    {
        var output = new StringWriter();

        var exitCode = await new BenchmarkRun([new PeersMeasure()], _results, null, output).RunAsync(Sizes.Quick, CancellationToken.None);

        var figures = await File.ReadAllTextAsync(Path.Combine(_results.FullName, "figures.csv"));
        Assert.Multiple(() =>
        {
            Assert.That(exitCode, Is.Zero, output.ToString());
            Assert.That(figures, Does.Not.Contain("NaN").And.Not.Contain("∞"));
            foreach (var peer in (string[])["graphile-worker", "pg-boss", "Hangfire.PostgreSql"])
                Assert.That(figures, Does.Contain($"same work: {peer} (").And.Contain($"bare jobs: {peer} ("));
        });
    }

    [TestCase("graphile-worker", false)]
    [TestCase("graphile-worker", true)]
    [TestCase("pg-boss", false)]
    public async Task A_sale_that_is_refused_for_now_comes_again_alone(string name, bool bySite)
    {
        var peer = new NodePeer(name, await NodeFolder.PrepareAsync(CancellationToken.None));
        var bench = new Bench(await PostgresServer.GetAsync(), Sizes.Quick with { PeerJobs = 60, PeerSites = 3 }, TextWriter.Null);
        await using var database = await peer.FillAsync(bench, bySite, CancellationToken.None);

        // The drain fails if the provider gets a sale again that it took.
        await peer.DrainAsync(database, 60, new NodeSettings(1, 60, 100, Refuse: 10), work: true, CancellationToken.None);

        await SaleCheck.VerifyAsync(database, name, 60, SaleCheck.OfPeer);
        Assert.That(
            await database.ScalarAsync<long>("select sum(retry_count) from peer.upload_ledger"), Is.InRange(3, 59), "sales refused once");
    }
}
