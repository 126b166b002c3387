using System.Diagnostics;
using OpsMantik.Benchmarks.Report;
using OpsMantik.Local.GoogleEmulator;
using OpsMantik.Testbed.Hosting;
using OpsMantik.Testbed.Workers;

namespace OpsMantik.Benchmarks;

/// <summary>
/// How long the function app takes below the double of the Functions host, from the start of its process to its first 200
/// (settings checked, database looked at), beside an isolated worker of the same packages with one empty HTTP function. Both
/// are compiled ahead. The two take turns, so that both meet the same machine. Their memory by then is the floor of a worker process.
/// </summary>
internal sealed class ColdStartMeasure : IMeasure
{
    private const int Rounds = 11;

    // Short beside what is measured, long enough not to take the processor from the worker.
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(5);
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(1);

    public string Name => "cold-start";

    public string Description => "From the start of the process to the first answered invocation, beside an empty isolated worker.";

    public async Task<IReadOnlyList<Figure>> RunAsync(Bench bench, CancellationToken cancellation)
    {
        var folder = Directory.CreateTempSubdirectory("opsmantik-cold-start-");
        try
        {
            await using var database = await bench.Server.CreateDatabaseAsync();
            await using var google = await GoogleEmulator.StartAsync(cancellationToken: cancellation);
            var app = await PublishAsync(
                "Functions/OpsMantik.Functions.csproj", "/api/health", WorkerSettings.For(database.WorkerConnectionString, google));
            var empty = await PublishAsync("Benchmarks/EmptyWorker/OpsMantik.EmptyWorker.csproj", "/api/hello", []);
            bench.Say("cold-start: both workers are published");

            // The first start of each reads its files from the disk, which tells of the disk.
            await MeasureAsync(app, cancellation);
            await MeasureAsync(empty, cancellation);
            List<(double Time, double Peak)> appStarts = [], emptyStarts = [];
            for (var round = 0; round < (bench.Sizes == Sizes.Quick ? 1 : Rounds); round++)
            {
                emptyStarts.Add(await MeasureAsync(empty, cancellation));
                appStarts.Add(await MeasureAsync(app, cancellation));
            }

            var appTime = new Figure(Name, "function app, /api/health", "ms", [.. appStarts.Select(start => start.Time)]);
            var emptyTime = new Figure(Name, "empty isolated worker, /api/hello", "ms", [.. emptyStarts.Select(start => start.Time)]);
            return
            [
                appTime,
                emptyTime,
                new Figure(Name, "function app, memory", "MiB", [.. appStarts.Select(start => start.Peak)]),
                new Figure(Name, "empty isolated worker, memory", "MiB", [.. emptyStarts.Select(start => start.Peak)]),
                new Figure(Name, "ratio of the medians", "×", [appTime.Median / emptyTime.Median], Goal.Most(1.5, 2)),
            ];
        }
        finally
        {
            folder.Delete(recursive: true);
        }

        async Task<Candidate> PublishAsync(string project, string path, Dictionary<string, string?> settings)
        {
            var output = Path.Combine(folder.FullName, Path.GetFileNameWithoutExtension(project));
            await Publishing.PublishAsync(project, output, cancellation);
            return new Candidate(output, path, settings);
        }
    }

    /// <returns>Milliseconds, and MiB.</returns>
    private static async Task<(double Time, double Peak)> MeasureAsync(Candidate candidate, CancellationToken cancellation)
    {
        await using var host = await FunctionsHost.StartAsync(candidate.Folder, candidate.Settings);
        using var http = new HttpClient { BaseAddress = host.Address };
        while (true)
        {
            using var response = await http.GetAsync(candidate.Path, cancellation);
            var elapsed = Stopwatch.GetElapsedTime(host.ProcessStarted);
            if (response.IsSuccessStatusCode)
                return (elapsed.TotalMilliseconds, WorkerProcess.PeakMemory(host.ProcessId) / (double)(1 << 20));
            if (elapsed > Patience)
                throw new InvalidOperationException($"{candidate.Path} answers {(int)response.StatusCode}");
            await Task.Delay(Pause, cancellation);
        }
    }

    private sealed record Candidate(string Folder, string Path, IReadOnlyDictionary<string, string?> Settings);
}
