using System.Diagnostics;
using System.Net.Http.Headers;
using OpsMantik.Benchmarks.Report;
using OpsMantik.Local.GoogleEmulator;
using OpsMantik.Testbed;
using OpsMantik.Testbed.Workers;

namespace OpsMantik.Benchmarks.Compare;

/// <summary>What one worker process did with one queue, as its users meet it: over HTTP.</summary>
/// <param name="Start">From the start of the process until it listens, in ms.</param>
/// <param name="IdleTick">An upload with nothing due, in ms.</param>
/// <param name="StatusPage">The status page after the drain, in ms.</param>
/// <param name="Peak">The most memory that it held, in MiB.</param>
internal sealed record WorkerTurn(double Start, double RowsPerSecond, double IdleTick, double StatusPage, double Peak)
{
    private const int Calls = 15;

    public static IReadOnlyList<WorkerMeasure> Measures { get; } =
    [
        new("drain", "rows/s", turn => turn.RowsPerSecond, MoreIsBetter: true),
        new("start", "ms", turn => turn.Start),
        new("tick with nothing due", "ms", turn => turn.IdleTick),
        new("status page", "ms", turn => turn.StatusPage),
        new("peak memory", "MiB", turn => turn.Peak),
    ];

    /// <exception cref="InvalidOperationException">The worker does not run, or rows were left behind.</exception>
    public static async Task<WorkerTurn> RunAsync(
        WorkerBuild build, TestbedDatabase database, GoogleEmulator google, CancellationToken cancellation)
    {
        google.Reset();
        var rows = await database.ScalarAsync<long>("select count(*) from offline_conversion_queue");
        var started = Stopwatch.GetTimestamp();
        await using var worker = await WorkerProcess.StartAsync(WorkerSettings.For(database.WorkerConnectionString, google), build.Program);
        var start = Stopwatch.GetElapsedTime(started);

        started = Stopwatch.GetTimestamp();
        while ((await worker.Client.UploadAsync(cancellation: cancellation)).Processed > 0)
        {
        }

        var drain = Stopwatch.GetElapsedTime(started);
        var left = await database.ScalarAsync<long>("select count(*) from offline_conversion_queue where status <> 'COMPLETED'");
        if (left > 0)
            throw new InvalidOperationException($"{build.Program} left {left} of {rows} rows.");

        var tick = await MedianAsync(() => worker.Client.UploadAsync(cancellation: cancellation));
        using var http = new HttpClient { BaseAddress = worker.Address, Timeout = TimeSpan.FromMinutes(1) };
        http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", WorkerSettings.CronSecret);
        var page = await MedianAsync(() => http.GetStringAsync("/api/status", cancellation));
        return new WorkerTurn(start.TotalMilliseconds, rows / drain.TotalSeconds, tick, page, worker.PeakMemory() / (double)(1 << 20));
    }

    private static async Task<double> MedianAsync(Func<Task> call)
    {
        List<double> times = [];
        for (var n = 0; n < Calls; n++)
        {
            var started = Stopwatch.GetTimestamp();
            await call();
            times.Add(Stopwatch.GetElapsedTime(started).TotalMilliseconds);
        }

        return Figure.MedianOf(times);
    }
}

/// <summary>One thing that is compared.</summary>
internal sealed record WorkerMeasure(string Name, string Unit, Func<WorkerTurn, double> Of, bool MoreIsBetter = false);
