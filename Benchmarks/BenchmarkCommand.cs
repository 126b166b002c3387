using System.CommandLine;
using OpsMantik.Benchmarks.Compare;
using OpsMantik.Benchmarks.Drain;
using OpsMantik.Benchmarks.Growth;
using OpsMantik.Benchmarks.Peers;
using OpsMantik.Benchmarks.Report;

namespace OpsMantik.Benchmarks;

/// <summary>The command line: everything, or one part.</summary>
internal static class BenchmarkCommand
{
    private static readonly IMeasure[] Measures =
    [
        new DrainMeasure(),
        new CorrectionMeasure(),
        new PeersMeasure(),
        new LatencyMeasure(),
        new GrowthMeasure(),
        new ColdStartMeasure(),
        new StatusMeasure(),
        new MemoryMeasure(),
        new EnqueueMeasure(),
        new MicroMeasure(),
        new WorkersMeasure(),
        new GoogleSpeedMeasure(),
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
            Description = "A Markdown file that quotes the ratios between its markers, and gets plot and figures beside it.",
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

        var commit = new Argument<string>("commit") { Description = "A commit, tag or branch of this repository." };
        var compare = new Command("compare", "Another commit's worker and this one, in turns. Exit code 1 where a ratio is below 0.9.") { commit };
        AnswerWith(compare, parsed => [new CompareMeasure(parsed.GetValue(commit)!)]);
        root.Add(compare);
        root.Add(EmulatorProcess.CreateCommand());
        return root;

        void Answer(Command command, IReadOnlyList<IMeasure> measures) => AnswerWith(command, _ => measures);

        void AnswerWith(Command command, Func<ParseResult, IReadOnlyList<IMeasure>> select) => command.SetAction((parsed, cancellation) =>
        {
            var sizes = parsed.GetValue(quick) ? Sizes.Quick : Sizes.Full;
            sizes = sizes with { Runs = parsed.GetValue(runs) ?? sizes.Runs };
            return new BenchmarkRun(select(parsed), parsed.GetValue(results)!, parsed.GetValue(update), Console.Out)
                .RunAsync(sizes, cancellation);
        });
    }
}

/// <summary>Measures part after part on one PostgreSQL, and reports after each, so that an interrupted run leaves its figures.</summary>
internal sealed class BenchmarkRun(
    IReadOnlyList<IMeasure> measures, DirectoryInfo results, FileInfo? document, TextWriter output)
{
    /// <returns>The exit code: 1 when a part failed or, at full sizes, a figure misses its floor.</returns>
    public async Task<int> RunAsync(Sizes sizes, CancellationToken cancellation)
    {
        // Before anything is measured: a run of half an hour must not end in a mistyped path.
        var fragment = document is null ? null : DocumentFragment.Open(document);
        await using var server = await DatabaseCost.StartServerAsync(output, cancellation);
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
        return failures.Count > 0 || (sizes.HasGoals && report.MissesFloor) ? 1 : 0;
    }
}

/// <summary>One part of the benchmarks, a command of its own.</summary>
internal interface IMeasure
{
    string Name { get; }

    string Description { get; }

    Task<IReadOnlyList<Figure>> RunAsync(Bench bench, CancellationToken cancellation);
}
