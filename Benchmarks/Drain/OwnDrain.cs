using System.Diagnostics;
using OpsMantik.Core.Providers;
using OpsMantik.Testbed;

namespace OpsMantik.Benchmarks.Drain;

/// <summary>One run of this worker over a filled queue.</summary>
internal static class OwnDrain
{
    /// <returns>Rows per second, with a provider that answers at once.</returns>
    public static async Task<double> RateAsync(TestbedDatabase database, int rows) =>
        rows / (await RunAsync(database, rows, new TimedProvider(TimeSpan.Zero))).Elapsed.TotalSeconds;

    /// <param name="provider">Null: Google's own, as <paramref name="settings"/> say where.</param>
    /// <exception cref="InvalidOperationException">Not every row was completed.</exception>
    public static async Task<DrainCost> RunAsync(
        TestbedDatabase database, int rows, IConversionProvider? provider, params (string Name, string Value)[] settings)
    {
        await using var worker = new BenchWorker(database.WorkerConnectionString, provider, settings);
        using var process = Process.GetCurrentProcess();
        var allocated = GC.GetTotalAllocatedBytes(precise: true);
        var processor = process.TotalProcessorTime;
        var started = Stopwatch.GetTimestamp();
        var summary = await worker.DrainAsync();
        var elapsed = Stopwatch.GetElapsedTime(started);
        process.Refresh();
        return summary.Completed == rows
            ? new DrainCost(
                elapsed, process.TotalProcessorTime - processor, GC.GetTotalAllocatedBytes(precise: true) - allocated)
            : throw new InvalidOperationException($"{summary.Completed} of {rows} rows were completed.");
    }
}
