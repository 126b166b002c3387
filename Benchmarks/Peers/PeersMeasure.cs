using OpsMantik.Benchmarks.Drain;
using OpsMantik.Benchmarks.Report;
using OpsMantik.Testbed;

namespace OpsMantik.Benchmarks.Peers;

/// <summary>
/// What a user would pick instead, on the same server with as many jobs: the same work, and bare jobs that leave nothing
/// behind. Each is given the best of a few settings first, then all take turns.
/// </summary>
internal sealed class PeersMeasure : IMeasure
{
    private static readonly NodeSettings[] BareGraphile = [new(1, 24, 500), new(1, 100, 2_000), new(2, 100, 2_000)];
    private static readonly NodeSettings[] BareBoss = [new(1, 2, 5_000), new(1, 2, 20_000), new(2, 1, 10_000)];

    // As many jobs side by side, or in a batch, as give a site several sales in it: fewer counters and lines of the ledger.
    private static readonly NodeSettings[] Graphile = [new(1, 1_000, 2_000), new(1, 5_000, 10_000), new(2, 2_000, 5_000)];
    private static readonly NodeSettings[] Boss = [new(1, 2, 20_000), new(1, 2, 50_000), new(2, 1, 20_000)];
    private static readonly NodeSettings[] GraphileSites = [new(1, 24, 500), new(2, 8, 200)];
    private static readonly int[] HangfireWorkers = [8, 20];

    public string Name => "peers";

    public string Description => "Rows per second and database time beside graphile-worker, pg-boss and Hangfire, on the same work and on bare jobs.";

    public async Task<IReadOnlyList<Figure>> RunAsync(Bench bench, CancellationToken cancellation)
    {
        var folder = await NodeFolder.PrepareAsync(cancellation);
        var (jobs, few) = (bench.Sizes.PeerJobs, bench.Sizes.HangfireJobs);
        var (graphile, boss) = (new NodePeer("graphile-worker", folder), new NodePeer("pg-boss", folder));
        await using var rows = await bench.FillAsync(Shapes.Even(jobs, bench.Sizes.PeerSites));
        await using var graphileJobs = await graphile.FillAsync(bench, false, cancellation);
        await using var graphileSites = await graphile.FillAsync(bench, true, cancellation);
        await using var bossJobs = await boss.FillAsync(bench, false, cancellation);
        await using var hangfireJobs = await HangfirePeer.FillAsync(bench);

        var ours = new Contender("this worker", jobs, rows, database => OwnDrain.RateAsync(database, jobs), SaleCheck.OfWorker);
        Contender[] same =
        [
            await FastestAsync(bench, Node(graphile, graphileJobs, Graphile, SaleCheck.OfPeer), cancellation),
            await FastestAsync(bench, Node(boss, bossJobs, Boss, SaleCheck.OfPeer), cancellation),
            await FastestAsync(bench, Hangfire(SaleCheck.OfPeer), cancellation),
        ];
        Contender[] bare =
        [
            await FastestAsync(bench, Node(graphile, graphileJobs, BareGraphile, null), cancellation),
            await FastestAsync(bench, Node(boss, bossJobs, BareBoss, null), cancellation),
            await FastestAsync(bench, Hangfire(null), cancellation),
        ];
        var bySite = await FastestAsync(bench, Node(graphile, graphileSites, GraphileSites, SaleCheck.OfPeer), cancellation);
        for (var run = 0; run < bench.Sizes.Runs; run++)
            foreach (var contender in (Contender[])[ours, .. same, .. bare, bySite])
                await contender.RunAsync(bench, cancellation);
        return Figures(ours, same, bare, bySite);

        IEnumerable<Contender> Node(NodePeer peer, TestbedDatabase full, NodeSettings[] candidates, string? check) =>
            candidates.Select(settings => new Contender(
                $"{peer.Name} ({settings})", jobs, full,
                database => peer.DrainAsync(database, jobs, settings, check is not null, cancellation), check));

        IEnumerable<Contender> Hangfire(string? check) => HangfireWorkers.Select(workers => new Contender(
            $"Hangfire.PostgreSql ({workers} workers, {few:N0} jobs)", few, hangfireJobs,
            database => HangfirePeer.DrainAsync(database, few, workers, check is not null, cancellation), check));
    }

    /// <param name="same">With the same work.</param>
    /// <param name="bySite">A job for all sales of a site, which share its attempts and its wait: no job of a sale's own.</param>
    internal static IReadOnlyList<Figure> Figures(
        Contender ours, IReadOnlyList<Contender> same, IReadOnlyList<Contender> bare, Contender bySite)
    {
        const string part = "peers";
        List<Figure> figures = [];
        foreach (var contender in (Contender[])[ours, .. same])
            figures.AddRange(contender.Figures(part, "same work"));
        figures.Add(new Figure(part, "same work: against the best peer", "×", Over(ours.Rates, Best(same)), Goal.Least(1.5, 1)));
        if (ours.StatementMicroseconds.Count > 0)
            figures.Add(new Figure(
                part, "same work: database time over the least of the peers'", "×",
                Over(ours.StatementMicroseconds, Turns(same, contender => contender.StatementMicroseconds, Enumerable.Min)),
                Goal.Most(1, 1)));
        foreach (var contender in bare)
            figures.AddRange(contender.Figures(part, "bare jobs"));
        figures.Add(new Figure(
            part, "same work, against graphile-worker's bare jobs", "×", Over(ours.Rates, bare[0].Rates), Goal.Least(0.75, 0.5)));
        figures.Add(new Figure(part, "same work, against the best peer's bare jobs", "×", Over(ours.Rates, Best(bare))));
        figures.AddRange(bySite.Figures(part, "one job a site"));
        figures.Add(new Figure(part, "same work, against one job a site", "×", Over(ours.Rates, bySite.Rates)));
        return figures;
    }

    private static async Task<Contender> FastestAsync(Bench bench, IEnumerable<Contender> candidates, CancellationToken cancellation)
    {
        var fastest = (Contender: (Contender?)null, Rate: 0d);
        foreach (var contender in candidates.Take(bench.Sizes.PeerCandidates))
        {
            var rate = await contender.RunAsync(bench, cancellation);
            if (rate > fastest.Rate)
                fastest = (contender, rate);
        }

        // What chose it is not measured again.
        return fastest.Contender!.Afresh();
    }

    private static double[] Best(IReadOnlyList<Contender> contenders) => Turns(contenders, contender => contender.Rates, Enumerable.Max);

    private static double[] Turns(
        IReadOnlyList<Contender> contenders, Func<Contender, IReadOnlyList<double>> select, Func<IEnumerable<double>, double> choose) =>
        [.. Enumerable.Range(0, select(contenders[0]).Count).Select(turn => choose(contenders.Select(contender => select(contender)[turn])))];

    private static double[] Over(IReadOnlyList<double> over, IReadOnlyList<double> under) => [.. over.Zip(under, (a, b) => a / b)];
}

/// <summary>A filled queue and one way to drain it, and what that gave turn after turn.</summary>
/// <param name="drain">Returns rows per second.</param>
/// <param name="check">What <see cref="SaleCheck"/> asks; null: a drain leaves nothing behind.</param>
internal sealed class Contender(string name, int rows, TestbedDatabase full, Func<TestbedDatabase, Task<double>> drain, string? check)
{
    private readonly List<double> _rates = [];
    private readonly List<double> _statements = [];
    private readonly List<double> _log = [];

    /// <summary>Rows per second.</summary>
    public IReadOnlyList<double> Rates => _rates;

    /// <summary>Of the database, a row; empty without pg_stat_statements.</summary>
    public IReadOnlyList<double> StatementMicroseconds => _statements;

    public Contender Afresh() => new(name, rows, full, drain, check);

    /// <summary>Drains a copy.</summary>
    /// <exception cref="PeerException">The drain left out some of the work.</exception>
    public Task<double> RunAsync(Bench bench, CancellationToken cancellation) => bench.OnCopyAsync(full, async database =>
    {
        cancellation.ThrowIfCancellationRequested();
        var (rate, cost) = await DatabaseCost.MeasureAsync(bench.Server, database, () => drain(database));
        if (check is not null)
            await SaleCheck.VerifyAsync(database, name, rows, check);
        Add(rate, cost);
        bench.Say($"peers, {(check is null ? "bare jobs" : "same work")}: {name}: {rate:N0} a second");
        return rate;
    });

    internal void Add(double rate, DatabaseCost cost)
    {
        _rates.Add(rate);
        _log.Add((double)cost.LogBytes / rows);
        if (cost.Statements is { } statements)
            _statements.Add(statements.TotalMicroseconds / rows);
    }

    public IEnumerable<Figure> Figures(string part, string work)
    {
        yield return new Figure(part, $"{work}: {name}", "rows/s", _rates);
        if (_statements.Count > 0)
            yield return new Figure(part, $"{work}: {name}, time in the database's statements", "µs/row", _statements);
        yield return new Figure(part, $"{work}: {name}, write-ahead log", "bytes/row", _log);
    }
}

/// <summary>Whether a drain did the whole work: an outcome for every sale, and counters and ledger that agree, site by site.</summary>
internal static class SaleCheck
{
    public const string OfWorker =
        """
        with sales as (
            select q.site_id, count(*) as n
            from offline_conversion_queue q
            where q.status = 'COMPLETED' and q.provider_ref = q.sale_id::text and q.provider_request_id is not null
              and q.uploaded_at is not null
            group by q.site_id
        ),
        counters as (select m.site_id, m.completed_total as n from provider_upload_metrics m),
        ledger as (
            select a.site_id, sum(a.completed_count) as n from provider_upload_attempts a where a.phase = 'FINISHED' group by a.site_id
        )
        """;

    public const string OfPeer =
        """
        with sales as (
            select o.site_id, count(*) as n
            from peer.sale_outcomes o
            where o.status = 'COMPLETED' and o.provider_ref = o.sale_id::text and o.provider_request_id is not null
              and o.uploaded_at is not null
            group by o.site_id
        ),
        counters as (select c.site_id, c.completed_total as n from peer.site_counters c),
        ledger as (select l.site_id, sum(l.completed_count) as n from peer.upload_ledger l group by l.site_id)
        """;

    /// <exception cref="PeerException">Something is missing.</exception>
    public static async Task VerifyAsync(TestbedDatabase database, string name, int sales, string check)
    {
        var found = (await database.ScalarAsync<long[]>(
            $"""
            {check}
            select array[
                coalesce(sum(s.n), 0)::bigint,
                count(*) filter (where s.n is distinct from c.n),
                count(*) filter (where s.n is distinct from l.n)]
            from sales s
            full join counters c using (site_id)
            full join ledger l using (site_id)
            """))!;
        if (found is not [var written, 0, 0] || written != sales)
            throw new PeerException(
                $"{name} wrote {found[0]} of {sales} outcomes; the counters of {found[1]} sites and the ledger of {found[2]} differ from them.");
    }
}

/// <summary>A peer cannot be measured here; the message says what to do.</summary>
internal sealed class PeerException(string message) : Exception(message);
