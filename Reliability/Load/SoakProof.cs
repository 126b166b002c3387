using System.Diagnostics;
using OpsMantik.Reliability.Report;
using OpsMantik.Reliability.Stages;
using OpsMantik.Testbed;

namespace OpsMantik.Reliability.Load;

/// <summary>
/// Sales come in steadily, two worker processes upload and recover in a loop, and every few seconds something breaks.
/// At the end every invariant must hold over all of it.
/// </summary>
internal static class SoakProof
{
    public static readonly TimeSpan DefaultLength = TimeSpan.FromMinutes(10);

    private static readonly TimeSpan Drip = TimeSpan.FromSeconds(1);

    public static async Task<ScenarioResult> RunAsync(TimeSpan length, int seed = 1)
    {
        await using var server = await TestbedServer.StartAsync();
        await using var stage = await Stage.OpenAsync(server, new StageOptions(Sites: 20, RowsPerSite: 2));
        using var over = new CancellationTokenSource();
        await using var pair = new SoakWorkers(stage);
        var faults = new SoakFaults(stage, pair, new Random(seed));
        await pair.StartAsync();
        Task[] loops = [pair.WorkAsync(over.Token), faults.BreakAsync(over.Token)];

        var started = Stopwatch.GetTimestamp();
        while (Stopwatch.GetElapsedTime(started) < length)
        {
            await SoakFaults.InsistAsync(() => stage.EnqueueAsync(1));
            // The waits of five minutes and more would outlast the soak; claims stay as old as they are.
            await SoakFaults.InsistAsync(() => stage.EndWaitsAsync());
            await Task.Delay(Drip);
        }

        await over.CancelAsync();
        await Task.WhenAll(loops);
        faults.End();
        var timeToRecover = await stage.DrainAsync(await stage.StartWorkerAsync());
        return await stage.CheckAsync($"soak of {length.TotalMinutes:0.#} minutes, seed {seed}", timeToRecover);
    }
}
