using BenchmarkDotNet.Columns;
using BenchmarkDotNet.Configs;
using BenchmarkDotNet.Diagnosers;
using BenchmarkDotNet.Jobs;
using BenchmarkDotNet.Running;
using BenchmarkDotNet.Toolchains.InProcess.Emit;
using OpsMantik.Benchmarks.Report;

namespace OpsMantik.Benchmarks.Micro;

/// <summary>Runs <see cref="WorkerBenchmarks"/> by BenchmarkDotNet, inside this process: a short job.</summary>
internal sealed class MicroMeasure : IMeasure
{
    public string Name => "micro";

    public string Description => "Opening a credential, building a request, parsing and classifying answers.";

    public Task<IReadOnlyList<Figure>> RunAsync(Bench bench, CancellationToken cancellation)
    {
        var job = bench.Sizes.MicroDry
            ? Job.Dry
            : Job.Default.WithWarmupCount(3).WithIterationCount(Math.Max(bench.Sizes.Runs, 10));
        // Of its own files and columns nothing is needed: the figures go into our table.
        var config = ManualConfig.CreateEmpty()
            .AddJob(job.WithToolchain(InProcessEmitToolchain.Instance))
            .AddDiagnoser(MemoryDiagnoser.Default)
            .AddColumnProvider(DefaultColumnProviders.Instance)
            .WithOptions(ConfigOptions.DisableLogFile | ConfigOptions.DisableOptimizationsValidator)
            .WithArtifactsPath(Path.Combine(Path.GetTempPath(), "opsmantik-micro"));
        var summary = BenchmarkRunner.Run<WorkerBenchmarks>(config);
        if (summary.HasCriticalValidationErrors || summary.Reports.Any(report => !report.Success))
            throw new InvalidOperationException("A micro-benchmark failed: "
                + string.Join(' ', summary.ValidationErrors.Select(error => error.Message)));
        return Task.FromResult<IReadOnlyList<Figure>>([.. summary.Reports.SelectMany(Figures)]);
    }

    private IEnumerable<Figure> Figures(BenchmarkDotNet.Reports.BenchmarkReport report)
    {
        var name = report.BenchmarkCase.Descriptor.WorkloadMethodDisplayInfo.Trim('\'');
        yield return new Figure(
            Name, name, "µs", [.. report.ResultStatistics!.OriginalValues.Select(nanoseconds => nanoseconds / 1_000)]);
        if (report.GcStats.GetBytesAllocatedPerOperation(report.BenchmarkCase) is { } bytes)
            yield return new Figure(Name, $"{name}: allocated", "KiB", [bytes / 1_024d]);
    }
}
