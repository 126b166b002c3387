using OpsMantik.Benchmarks;
using OpsMantik.Benchmarks.Drain;
using OpsMantik.Benchmarks.Peers;
using OpsMantik.Testbed;

namespace OpsMantik.Functions.Tests.Benchmarks;

/// <summary>What is made of the contenders' turns; the peers from npm themselves: <see cref="NodePeerTests"/>.</summary>
public class PeersMeasureTests
{
    [Test]
    public async Task Every_drain_is_checked()
    {
        await using var full = await SaleCheckTests.PeerDatabaseAsync();
        var bench = new Bench(await PostgresServer.GetAsync(), Sizes.Quick, TextWriter.Null);

        var idle = new Contender("idle", 6, full, _ => Task.FromResult(1d), SaleCheck.OfPeer);

        Assert.ThrowsAsync<PeerException>(() => idle.RunAsync(bench, CancellationToken.None));
    }

    [Test]
    public void The_best_peer_of_each_turn_is_what_counts()
    {
        var figures = PeersMeasure.Figures(
            Series("ours", (30, 20), (40, 20)), [Series("a", (20, 40), (10, 50)), Series("b", (10, 25), (20, 80))],
            [Series("bare a", (60, 1), (40, 1)), Series("bare b", (15, 1), (80, 1))], Series("by site", (60, 1), (80, 1)));

        Assert.Multiple(() =>
        {
            Assert.That(Ratio("same work: against the best peer"), Is.EqualTo(new[] { 1.5, 2 }));
            Assert.That(Ratio("same work: database time over the least of the peers'"), Is.EqualTo(new[] { 0.8, 0.4 }));
            Assert.That(Ratio("same work, against graphile-worker's bare jobs"), Is.EqualTo(new[] { 0.5, 1 }));
            Assert.That(Ratio("same work, against the best peer's bare jobs"), Is.EqualTo(new[] { 0.5, 0.5 }));
        });

        IReadOnlyList<double> Ratio(string measure) => figures.Single(figure => figure.Measure == measure).Runs;
    }

    [Test]
    public async Task Database_time_is_that_of_the_drain_alone()
    {
        await using var server = await DatabaseCost.StartServerAsync(TextWriter.Null, CancellationToken.None);
        await using var database = await server.CreateDatabaseAsync();

        var (_, cost) = await DatabaseCost.MeasureAsync(server, database, () => SleepAsync(database));
        await SleepAsync(database);

        if (cost.Statements is null)
            Assert.Ignore("There is no pg_stat_statements here.");
        Assert.That(cost.Statements, Is.GreaterThanOrEqualTo(TimeSpan.FromMilliseconds(50)));
        Assert.That(cost.LogBytes, Is.Positive);
    }

    [Test]
    public async Task Without_pg_stat_statements_database_time_is_left_out_and_said_so()
    {
        var output = new StringWriter();
        await using var server = await DatabaseCost.StartServerAsync(output, CancellationToken.None, library: "no_such_library");
        await using var database = await server.CreateDatabaseAsync();

        var (rate, cost) = await DatabaseCost.MeasureAsync(server, database, () => SleepAsync(database));

        Assert.Multiple(() =>
        {
            Assert.That(rate, Is.EqualTo(1));
            Assert.That(cost.Statements, Is.Null);
            Assert.That(output.ToString(), Does.Contain("no_such_library").And.Contain("left out"));
        });
    }

    private static async Task<double> SleepAsync(TestbedDatabase database)
    {
        await database.ExecuteAsync("create table if not exists slept as select 1");
        await database.ExecuteAsync("select pg_sleep(0.05)");
        return 1;
    }

    /// <param name="turns">Rows per second, and microseconds of the database for each of its 100 rows.</param>
    private static Contender Series(string name, params (double Rate, double Microseconds)[] turns)
    {
        var contender = new Contender(name, 100, null!, null!, null);
        foreach (var (rate, microseconds) in turns)
            contender.Add(rate, new DatabaseCost(TimeSpan.FromMicroseconds(microseconds * 100), 1));
        return contender;
    }
}
