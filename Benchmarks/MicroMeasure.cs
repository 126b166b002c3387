using System.Text;
using System.Text.Json;
using BenchmarkDotNet.Attributes;
using BenchmarkDotNet.Columns;
using BenchmarkDotNet.Configs;
using BenchmarkDotNet.Diagnosers;
using BenchmarkDotNet.Jobs;
using BenchmarkDotNet.Running;
using BenchmarkDotNet.Toolchains.InProcess.Emit;
using OpsMantik.Benchmarks.Report;
using OpsMantik.Core.Conversions;
using OpsMantik.Core.Providers;
using OpsMantik.Core.Providers.GoogleAds;
using OpsMantik.Core.Vault;
using OpsMantik.Testbed;

namespace OpsMantik.Benchmarks;

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

/// <summary>The worker's own steps between claim and write-back, one at a time.</summary>
public class WorkerBenchmarks
{
    private const int Rows = 2_000;
    private const string Action = "customers/1234567890/conversionActions/456";

    private static readonly CredentialRow Row = new(Guid.Empty, "google_ads");

    private readonly CredentialVault _vault = new(VaultKeyRing.Parse(BulkSeed.VaultKey, null));
    private readonly SecretScrubber _scrubber = new("CANARY-token", "CANARY-developer");
    private SealedCredential _sealed = null!;
    private Conversion[] _conversions = null!;
    private GoogleAnswer _accepted = null!;
    private GoogleAnswer _partial = null!;

    [GlobalSetup]
    public void Prepare()
    {
        _sealed = _vault.Seal(Row, JsonSerializer.SerializeToUtf8Bytes(new { refresh_token = new string('x', 120), customer_id = "1234567890" }));
        _conversions = [.. Enumerable.Range(0, Rows).Select(NewConversion)];
        _accepted = Answer(Results(_ => true), null);
        // One conversion in ten is refused, each for its own reason.
        _partial = Answer(
            Results(index => index % 10 != 0),
            string.Join(',', Enumerable.Range(0, Rows).Where(index => index % 10 == 0).Select(Error)));
    }

    [Benchmark(Description = "open a sealed credential")]
    public bool Open()
    {
        using var opening = _vault.Open(Row, _sealed);
        return opening.Opened;
    }

    [Benchmark(Description = "build a request of 2,000 conversions")]
    public int Build() => JsonSerializer.SerializeToUtf8Bytes(
        new UploadRequest(
            [.. _conversions.Select(conversion => ClickConversions.From(conversion, Action))], PartialFailure: true),
        GoogleAdsJson.Default.UploadRequest).Length;

    [Benchmark(Description = "parse an answer to 2,000 conversions")]
    public int Parse() => new AnswerReader(_conversions, _scrubber).Read(_accepted).Outcomes.Count;

    [Benchmark(Description = "classify a partial failure, 200 of 2,000")]
    public int Classify() => new AnswerReader(_conversions, _scrubber).Read(_partial).Outcomes.Count;

    private static Conversion NewConversion(int number) => new()
    {
        Id = new Guid(number, 0, 0, [0, 0, 0, 0, 0, 0, 0, 0]),
        OrderId = new Guid(number, 1, 0, [0, 0, 0, 0, 0, 0, 0, 0]).ToString(),
        OrderIdIsSaleId = true,
        MayHaveBeenSent = false,
        Click = new ClickId(ClickIdKind.Gclid, $"EAIaIQobChMI-{number}-{new string('c', 60)}"),
        Time = DateTimeOffset.UnixEpoch.AddDays(20_000).AddSeconds(number),
        Value = new Money(12_345 + number, Lira),
    };

    private static readonly Currency Lira = Currencies.Default.Get("TRY");

    private static string Results(Func<int, bool> taken) => string.Join(',', Enumerable.Range(0, Rows).Select(index =>
        taken(index)
            ? $$"""{"gclid":"EAIaIQobChMI-{{index}}","conversionAction":"{{Action}}","conversionDateTime":"2026-10-04 00:00:00+00:00"}"""
            : "{}"));

    private static string Error(int index) =>
        $$$"""
        {"errorCode":{"conversionUploadError":"{{{(index % 20 == 0 ? "EXPIRED_EVENT" : "TOO_RECENT_CONVERSION_ACTION")}}}"},
         "message":"The conversion cannot be taken.",
         "location":{"fieldPathElements":[{"fieldName":"conversions","index":{{{index}}}}]}}
        """;

    private static GoogleAnswer Answer(string results, string? errors)
    {
        var failure = errors is null
            ? ""
            : $$"""
              "partialFailureError":{"code":3,"message":"Multiple errors","details":[{"@type":
              "type.googleapis.com/google.ads.googleads.v23.errors.GoogleAdsFailure","errors":[{{errors}}]}]},
              """;
        return new GoogleAnswer(200, Encoding.UTF8.GetBytes($$"""{{{failure}}"results":[{{results}}]}"""), "request", null);
    }
}
