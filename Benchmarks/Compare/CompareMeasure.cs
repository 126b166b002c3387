using OpsMantik.Benchmarks.Drain;
using OpsMantik.Benchmarks.Report;
using OpsMantik.Local.GoogleEmulator;
using OpsMantik.Testbed;

namespace OpsMantik.Benchmarks.Compare;

/// <summary>
/// The worker of another commit beside the one of this working tree, in turns on one PostgreSQL and one emulator, each with the
/// schema of its own migrations. Ratios over 1 mean that this one is better.
/// </summary>
internal sealed class CompareMeasure(string commit) : IMeasure
{
    // Within it the machine decides, beyond it the change does.
    private const double Floor = 0.9;

    private const string Part = "compare";

    public string Name => Part;

    public string Description => $"This working tree's worker over that of {commit}; more is better.";

    public async Task<IReadOnlyList<Figure>> RunAsync(Bench bench, CancellationToken cancellation)
    {
        var folder = Directory.CreateTempSubdirectory("opsmantik-compare-");
        try
        {
            var then = await WorkerBuild.OfCommitAsync(commit, folder.FullName, cancellation);
            var now = await WorkerBuild.OfWorkingTreeAsync(folder.FullName, cancellation);
            bench.Say($"{Name}: both are built");
            await using var google = await GoogleEmulator.StartAsync(cancellationToken: cancellation);
            (google.KeepBodies, google.KeepAccepted) = (false, false);
            await using var oldQueue = await FillAsync(bench, then, cancellation);
            await using var newQueue = await FillAsync(bench, now, cancellation);

            List<WorkerTurn> before = [], after = [];
            // The first turn of each reads its files from the disk.
            for (var run = -1; run < bench.Sizes.Runs; run++)
            {
                var (older, newer) = (await TurnAsync(oldQueue, then), await TurnAsync(newQueue, now));
                bench.Say($"{Name}: {older.RowsPerSecond:N0} rows/s, then {newer.RowsPerSecond:N0}");
                if (run < 0)
                    continue;
                before.Add(older);
                after.Add(newer);
            }

            return [.. WorkerTurn.Measures.SelectMany(measure => Figures(commit, measure, before, after))];

            Task<WorkerTurn> TurnAsync(TestbedDatabase full, WorkerBuild build) =>
                bench.OnCopyAsync(full, database => WorkerTurn.RunAsync(build, database, google, cancellation));
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    private static async Task<TestbedDatabase> FillAsync(Bench bench, WorkerBuild build, CancellationToken cancellation)
    {
        var database = await bench.Server.CreateEmptyDatabaseAsync();
        await build.MigrateAsync(database, cancellation);
        await database.EnqueueAsync(
            await database.AddSitesAsync(bench.Sizes.DrainSites), Shapes.Even(bench.Sizes.CompareRows, bench.Sizes.DrainSites));
        await database.ExecuteAsync("vacuum analyze");
        return database;
    }

    internal static IEnumerable<Figure> Figures(
        string commit, WorkerMeasure measure, IReadOnlyList<WorkerTurn> before, IReadOnlyList<WorkerTurn> after)
    {
        List<double> then = [.. before.Select(measure.Of)], now = [.. after.Select(measure.Of)];
        return
        [
            new Figure(Part, $"{measure.Name}, {commit}", measure.Unit, then),
            new Figure(Part, $"{measure.Name}, working tree", measure.Unit, now),
            new Figure(
                Part, $"{measure.Name}: better than {commit}", "×",
                [.. then.Zip(now, (older, newer) => measure.MoreIsBetter ? newer / older : older / newer)],
                Goal.Least(Floor, Floor)),
        ];
    }
}
