using System.CommandLine;
using OpsMantik.Benchmarks.Drain;
using OpsMantik.Benchmarks.Growth;
using OpsMantik.Benchmarks.Latency;
using OpsMantik.Benchmarks.Memory;
using OpsMantik.Benchmarks.Micro;
using OpsMantik.Benchmarks.Peers;
using OpsMantik.Benchmarks.RoundTrips;
using OpsMantik.Benchmarks.Workers;

namespace OpsMantik.Benchmarks;

/// <summary>The command line: everything, or one part.</summary>
internal static class BenchmarkCommand
{
    private static readonly IMeasure[] Measures =
    [
        new DrainMeasure(),
        new PeersMeasure(),
        new LatencyMeasure(),
        new GrowthMeasure(),
        new ColdStartMeasure(),
        new Status.StatusMeasure(),
        new MemoryMeasure(),
        new MicroMeasure(),
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
        var update = new Option<FileInfo?>("--update")
        {
            Description = "A Markdown file that quotes the table between its markers, and gets the plot beside it.",
            Recursive = true,
        };
        var runs = new Option<int?>("--runs")
        {
            Description = "How often everything is measured; 5 unless given, and fewer make no median to quote.",
            Recursive = true,
        };
        runs.Validators.Add(result =>
        {
            if (result.GetValueOrDefault<int?>() < 1)
                result.AddError("--runs must be at least 1.");
        });
        var root = new RootCommand(
            "Speed and scale, measured beside the peers. Exit code 1 when a figure misses its floor or a part fails.")
        {
            quick,
            results,
            update,
            runs,
        };
        Answer(root, Measures);
        foreach (var measure in Measures)
        {
            var part = new Command(measure.Name, measure.Description);
            Answer(part, [measure]);
            root.Add(part);
        }

        root.Add(EmulatorProcess.CreateCommand());
        return root;

        void Answer(Command command, IReadOnlyList<IMeasure> measures) => command.SetAction((parsed, cancellation) =>
        {
            var sizes = parsed.GetValue(quick) ? Sizes.Quick : Sizes.Full;
            sizes = sizes with { Runs = parsed.GetValue(runs) ?? sizes.Runs };
            return new BenchmarkRun(measures, parsed.GetValue(results)!, parsed.GetValue(update), Console.Out)
                .RunAsync(sizes, cancellation);
        });
    }
}
