using System.Diagnostics;
using OpsMantik.Local.GoogleEmulator;

namespace OpsMantik.Testbed.Workers;

/// <summary>What a worker process took to empty a queue.</summary>
/// <param name="Peak">The most memory it held, in bytes.</param>
public sealed record WorkerDrain(TimeSpan Took, long Peak, bool LeakedSecret)
{
    /// <summary>Starts a worker of its own, calls it until nothing is due, and weighs it.</summary>
    public static async Task<WorkerDrain> RunAsync(
        TestbedDatabase database, GoogleEmulator google, CancellationToken cancellation = default)
    {
        await using var worker = await WorkerProcess.StartAsync(
            WorkerSettings.For(database.WorkerConnectionString, google));
        var started = Stopwatch.GetTimestamp();
        while ((await worker.Client.UploadAsync(cancellation: cancellation)).Processed > 0)
        {
        }

        return new WorkerDrain(Stopwatch.GetElapsedTime(started), worker.PeakMemory(), worker.LeakedSecret);
    }
}
