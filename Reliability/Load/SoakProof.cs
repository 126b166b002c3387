using System.CommandLine;
using System.Diagnostics;
using OpsMantik.Reliability.Faults;
using OpsMantik.Reliability.Proxy;
using OpsMantik.Testbed;
using OpsMantik.Testbed.Workers;
using Spectre.Console;

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
        await using var environment = await ProofEnvironment.OpenAsync(server, new ProofEnvironmentOptions(Sites: 20, RowsPerSite: 2));
        using var over = new CancellationTokenSource();
        await using var pair = new SoakWorkers(environment);
        var faults = new SoakFaults(environment, pair, new Random(seed));
        await pair.StartAsync();
        Task[] loops = [pair.WorkAsync(over.Token), faults.BreakAsync(over.Token)];

        var started = Stopwatch.GetTimestamp();
        while (Stopwatch.GetElapsedTime(started) < length)
        {
            await SoakFaults.InsistAsync(() => environment.EnqueueAsync(1));
            // The waits of five minutes and more would outlast the soak; claims stay as old as they are.
            await SoakFaults.InsistAsync(() => environment.EndWaitsAsync());
            await Task.Delay(Drip);
        }

        await over.CancelAsync();
        await Task.WhenAll(loops);
        faults.End();
        var timeToRecover = await environment.DrainAsync(await environment.StartWorkerAsync());
        return await environment.CheckAsync($"soak of {length.TotalMinutes:0.#} minutes, seed {seed}", timeToRecover);
    }
}

/// <summary><c>soak --minutes 10 [--seed 1]</c></summary>
internal static class SoakCommand
{
    public static Command Create()
    {
        var minutes = new Option<double>("--minutes")
        {
            Description = "How long sales come in.",
            DefaultValueFactory = _ => SoakProof.DefaultLength.TotalMinutes,
        };
        var seed = new Option<int>("--seed") { Description = "Of the order of faults.", DefaultValueFactory = _ => 1 };
        var command = new Command("soak", "Steady sales, two worker processes, and a fault every few seconds.")
        {
            minutes, seed,
        };
        command.SetAction(async (parsed, _) => ReportTable.Print(
            AnsiConsole.Console,
            [await SoakProof.RunAsync(TimeSpan.FromMinutes(parsed.GetRequiredValue(minutes)), parsed.GetRequiredValue(seed))]));
        return command;
    }
}

/// <summary>Two worker processes that upload and recover in turn; one that dies is replaced.</summary>
internal sealed class SoakWorkers(ProofEnvironment environment) : IAsyncDisposable
{
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(300);

    private readonly PostgresProxy _proxy = new(environment.Database.WorkerConnectionString);
    private readonly WorkerProcess[] _workers = new WorkerProcess[2];

    public PostgresProxy Proxy => _proxy;

    public async Task StartAsync()
    {
        for (var place = 0; place < _workers.Length; place++)
            await ReplaceAsync(place);
    }

    public Task WorkAsync(CancellationToken over) => Task.WhenAll(
        Enumerable.Range(0, _workers.Length).Select(place => LoopAsync(place, over)));

    public async Task KillAsync(int place)
    {
        await _workers[place].KillAsync();
        await ReplaceAsync(place);
    }

    public ValueTask DisposeAsync() => _proxy.DisposeAsync();

    private async Task LoopAsync(int place, CancellationToken over)
    {
        while (!over.IsCancellationRequested)
        {
            await _workers[place].Client.TryUploadAsync();
            // The shortest age there is. It outlasts every claim here: Google is given two seconds.
            await _workers[place].Client.TryRecoverAsync(minAgeMinutes: 1);
            await Task.Delay(Pause, CancellationToken.None);
        }
    }

    private async Task ReplaceAsync(int place) => _workers[place] = await environment.StartProcessAsync(
        _proxy.ConnectionString + ";Timeout=3;Command Timeout=5", ("GoogleAds:RequestTimeout", "00:00:02"));
}
