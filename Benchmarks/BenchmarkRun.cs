using OpsMantik.Benchmarks.Report;
using OpsMantik.Testbed;

namespace OpsMantik.Benchmarks;

/// <summary>Measures part after part on one PostgreSQL, and reports after each, so that an interrupted run leaves its figures.</summary>
internal sealed class BenchmarkRun(
    IReadOnlyList<IMeasure> measures, DirectoryInfo results, FileInfo? document, TextWriter output)
{
    /// <returns>The exit code: 1 when a part failed or, at full sizes, a figure misses its floor.</returns>
    public async Task<int> RunAsync(Sizes sizes, CancellationToken cancellation)
    {
        // Before anything is measured: a run of half an hour must not end in a mistyped path.
        var fragment = document is null ? null : DocumentFragment.Open(document);
        await using var server = await TestbedServer.StartAsync(durable: true, cancellation);
        var bench = new Bench(server, sizes, output);
        var machine = await Machine.DescribeAsync(server);
        List<Figure> figures = [];
        List<string> failures = [];
        foreach (var measure in measures)
        {
            bench.Say($"{measure.Name}: {measure.Description}");
            try
            {
                figures.AddRange(await measure.RunAsync(bench, cancellation));
            }
            catch (Exception exception) when (exception is not OperationCanceledException)
            {
                // The other parts have nothing to do with it.
                bench.Say($"{measure.Name} FAILED: {exception}");
                failures.Add($"{measure.Name}: {exception.Message}");
            }

            ReportFolder.Write(results, new BenchmarkReport(machine, figures, failures));
        }

        var report = new BenchmarkReport(machine, figures, failures);
        ConsoleTable.Write(output, report);
        fragment?.Replace(report);
        bench.Say($"Table, figures and plot are in {results.FullName}.");
        return failures.Count > 0 || (sizes.Judged && report.MissesFloor) ? 1 : 0;
    }
}
