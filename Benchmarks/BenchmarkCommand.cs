using System.CommandLine;
using OpsMantik.Benchmarks.Drain;
using OpsMantik.Benchmarks.Growth;
using OpsMantik.Benchmarks.Latency;
using OpsMantik.Benchmarks.Memory;
using OpsMantik.Benchmarks.Micro;
using OpsMantik.Benchmarks.Peers;

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
        new MemoryMeasure(),
        new MicroMeasure(),
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
        var root = new RootCommand(
            "Speed and scale, measured beside the peers. Exit code 1 when a figure misses its floor or a part fails.")
        {
            quick,
            results,
            update,
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
            new BenchmarkRun(measures, parsed.GetValue(results)!, parsed.GetValue(update), Console.Out)
                .RunAsync(parsed.GetValue(quick) ? Sizes.Quick : Sizes.Full, cancellation));
    }
}
