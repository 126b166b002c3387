using System.CommandLine;
using OpsMantik.Local.GoogleEmulator;
using OpsMantik.Testbed;
using Spectre.Console;

namespace OpsMantik.Reliability.Processes;

/// <summary>Kills worker processes at every point in turn, and judges what the others make of what they left.</summary>
internal static class KillProof
{
    // A kill is mostly waiting for a process to start.
    private const int AtOnce = 4;

    /// <param name="count">Kills in all, shared out over the points.</param>
    /// <param name="seed">Of the random moments; kill number n draws from seed + n.</param>
    /// <param name="only">Only points whose name contains this.</param>
    /// <returns>One result per point.</returns>
    public static async Task<IReadOnlyList<ScenarioResult>> RunAsync(
        TestbedServer server, int count, int seed, string only = "")
    {
        var points = KillPoints.All.Where(point => point.Name.Contains(only, StringComparison.Ordinal)).ToList();
        var results = new ScenarioResult[count];
        await Parallel.ForAsync(0, count, new ParallelOptions { MaxDegreeOfParallelism = AtOnce }, async (kill, _) =>
            results[kill] = await KillAsync(server, points[kill % points.Count], seed + kill));
        return
        [
            .. points.Select((point, place) => ScenarioResults.Sum(
                point.Name, [.. results.Where((_, kill) => kill % points.Count == place)])),
        ];
    }

    private static async Task<ScenarioResult> KillAsync(TestbedServer server, KillPoint point, int seed)
    {
        await using var environment = await ProofEnvironment.OpenAsync(server, point.Options);
        // From before the worker starts: some sales change before their rows are claimed.
        await using var changes = new SaleChanges(environment, seed);
        await using var underTest = await WorkerUnderTest.StartAsync(environment, new Random(seed));
        var missed = default(string);
        try
        {
            await point.ReachAsync(underTest);
            await (point.AtDeathAsync?.Invoke(underTest) ?? Task.CompletedTask);
            await underTest.KillAsync();
            await (point.AfterDeathAsync?.Invoke(underTest) ?? Task.CompletedTask);
        }
        catch (Exception error)
            when (error is InvalidOperationException or TimeoutException or HttpRequestException or Npgsql.NpgsqlException)
        {
            missed = error.Message;
        }

        await changes.StopAsync();
        environment.Google.SetBehaviour(null, CallBehaviour.Normal);
        environment.Google.SetBehaviour(null, CallBehaviour.Normal, CallTarget.Token);
        var timeToRecover = await environment.DrainAsync(await environment.StartWorkerAsync());
        var result = await environment.CheckAsync($"seed {seed}", timeToRecover);
        return missed is null ? result : result with { Broken = [missed, .. result.Broken] };
    }
}

/// <summary><c>kills --count 200 [--seed 1] [--only text]</c></summary>
internal static class KillCommand
{
    public const int DefaultCount = 200;

    public static Command Create()
    {
        var count = ProofOptions.Count("--count", "Worker processes to kill, at every point in turn.", DefaultCount);
        var seed = new Option<int>("--seed")
        {
            Description = "Of the random moments.",
            DefaultValueFactory = _ => 1,
        };
        var only = ProofOptions.Only("points", KillPoints.All.Select(point => point.Name));
        var command = new Command("kills", "Worker processes killed (SIGKILL) at exact points and at random moments.")
        {
            count, seed, only,
        };
        command.SetAction(async (parsed, _) => ReportTable.Print(
            AnsiConsole.Console, await RunAsync(
                parsed.GetRequiredValue(count), parsed.GetRequiredValue(seed), parsed.GetRequiredValue(only))));
        return command;
    }

    public static async Task<IReadOnlyList<ScenarioResult>> RunAsync(
        int count = DefaultCount, int seed = 1, string only = "")
    {
        await using var server = await TestbedServer.StartAsync();
        return await KillProof.RunAsync(server, count, seed, only);
    }
}

/// <summary>A moment at which a worker process is killed.</summary>
/// <param name="Name">As the table shows it.</param>
/// <param name="ReachAsync">Sets the underTest to work and returns when it is exactly there.</param>
internal sealed record KillPoint(string Name, Func<WorkerUnderTest, Task> ReachAsync)
{
    public ProofEnvironmentOptions Options { get; init; } = new(Sites: 4, RowsPerSite: 10);

    /// <summary>What must be so at the moment of death; null when anything may.</summary>
    public Func<WorkerUnderTest, Task>? AtDeathAsync { get; init; }

    /// <summary>What must be so right after it, before anybody recovers.</summary>
    public Func<WorkerUnderTest, Task>? AfterDeathAsync { get; init; }

    public override string ToString() => Name;
}
