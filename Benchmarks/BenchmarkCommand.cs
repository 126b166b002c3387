using System.CommandLine;
using OpsMantik.Benchmarks.Drain;
using OpsMantik.Benchmarks.Growth;
using OpsMantik.Benchmarks.Latency;
using OpsMantik.Benchmarks.Report;
using OpsMantik.Benchmarks.RoundTrips;
using OpsMantik.Benchmarks.Workers;
using OpsMantik.Testbed;

namespace OpsMantik.Benchmarks;

/// <summary>The command line: everything, or one part.</summary>
internal static class BenchmarkCommand
{
    private static readonly IMeasure[] Measures =
    [
        new DrainMeasure(),
        new LatencyMeasure(),
        new GrowthMeasure(),
        new WorkersMeasure(),
        new RoundTripMeasure(),
    ];

    public static RootCommand Create()
    {
        var quick = new Option<bool>("--quick")
        {
            Description = "Small sizes, one run: shows that it works, and measures nothing.",
            Recursive = true,
        };
        var results = new Option<DirectoryInfo>("--results")
        {
            Description = "Where table, figures and plot are written.",
            DefaultValueFactory = _ => new DirectoryInfo("artifacts/benchmarks"),
            Recursive = true,
        };
        var root = new RootCommand(
            "Speed and scale, measured beside the peers. Exit code 1 when a figure misses its floor.")
        {
            quick,
            results,
        };
        Answer(root, Measures);
        foreach (var measure in Measures)
        {
            var part = new Command(measure.Name, measure.Description);
            Answer(part, [measure]);
            root.Add(part);
        }

        return root;

        void Answer(Command command, IReadOnlyList<IMeasure> measures) => command.SetAction((parsed, cancellation) =>
            RunAsync(measures, parsed.GetValue(quick), parsed.GetValue(results)!, cancellation));
    }

    /// <returns>The exit code.</returns>
    internal static async Task<int> RunAsync(
        IReadOnlyList<IMeasure> measures, bool quick, DirectoryInfo results, CancellationToken cancellation)
    {
        var output = Console.Out;
        await using var server = await TestbedServer.StartAsync(durable: true, cancellation);
        var bench = new Bench(server, quick ? Sizes.Quick : Sizes.Full, output);
        List<Figure> figures = [];
        foreach (var measure in measures)
            figures.AddRange(await measure.RunAsync(bench, cancellation));
        foreach (var figure in figures)
            output.WriteLine(string.Join(" | ", FigureText.Cells(figure)));
        return figures.Any(figure => figure.Verdict == Verdict.Missed) ? 1 : 0;
    }
}
