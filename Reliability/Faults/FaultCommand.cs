using System.CommandLine;
using System.Diagnostics;
using OpsMantik.Testbed;
using OpsMantik.Testbed.Workers;
using Spectre.Console;

namespace OpsMantik.Reliability.Faults;

/// <summary><c>faults --times 10 [--only text]</c></summary>
internal static class FaultCommand
{
    public const int DefaultTimes = 10;

    public static Command Create()
    {
        var times = ProofOptions.Count("--times", "Runs of each.", DefaultTimes);
        var only = ProofOptions.Only("scenarios", FaultProof.All.Select(scenario => scenario.Name));
        var command = new Command("faults", "Database, network, Google, consents and rivals in trouble, each many times.")
        {
            times, only,
        };
        command.SetAction(async (parsed, _) => ReportTable.Print(
            AnsiConsole.Console,
            await RunAsync(parsed.GetRequiredValue(times), parsed.GetRequiredValue(only))));
        return command;
    }

    public static async Task<IReadOnlyList<ScenarioResult>> RunAsync(int times, string only = "")
    {
        await using var server = await TestbedServer.StartAsync();
        List<ScenarioResult> results = [];
        foreach (var scenario in FaultProof.All.Where(scenario => scenario.Name.Contains(only, StringComparison.Ordinal)))
        {
            var started = Stopwatch.GetTimestamp();
            results.Add(await FaultProof.RunAsync(scenario, server, times));
            AnsiConsole.WriteLine(
                $"{(results[^1].Skipped is not null ? "skip  " : results[^1].Held ? "held  " : "BROKEN")} {Stopwatch.GetElapsedTime(started).TotalSeconds,6:0.0} s  {scenario.Name}");
        }

        return results;
    }
}

/// <summary>Plays fault scenarios and judges each run by every invariant.</summary>
internal static class FaultProof
{
    public static IReadOnlyList<FaultScenario> All { get; } =
        [.. DatabaseFaults.All, .. NetworkFaults.All, .. GoogleFaults.All, .. ConsentFaults.All, .. ConcurrencyFaults.All,
        .. RaceFaults.All, .. StatementFaults.All, .. FailoverFaults.All, .. LimitFaults.All, .. ClockFaults.All,
        .. PoolerFaults.All, .. DashboardFaults.All];

    /// <summary>Those that take a second or two each.</summary>
    public static IEnumerable<FaultScenario> Quick => All.Where(scenario => !scenario.IsSlow);

    /// <param name="shared">For scenarios that leave the server alone.</param>
    /// <param name="times">Runs, one after the other, each in a database of its own.</param>
    public static async Task<ScenarioResult> RunAsync(FaultScenario scenario, TestbedServer shared, int times)
    {
        if (scenario.FindObstacle() is { } obstacle)
            return ScenarioResults.Sum(scenario.Name, []) with { Skipped = obstacle };
        List<ScenarioResult> runs = [];
        for (var run = 1; run <= times; run++)
            runs.Add(await RunOnceAsync(scenario, shared, $"run {run}"));
        return ScenarioResults.Sum(scenario.Name, runs);
    }

    private static async Task<ScenarioResult> RunOnceAsync(FaultScenario scenario, TestbedServer shared, string run)
    {
        if (!scenario.Options.OwnServer)
            return await PlayAsync(scenario, shared, run);
        await using var server = await TestbedServer.StartAsync(scenario.Options.ServerOptions);
        return await PlayAsync(scenario, server, run);
    }

    private static async Task<ScenarioResult> PlayAsync(FaultScenario scenario, TestbedServer server, string run)
    {
        await using var environment = await ProofEnvironment.OpenAsync(server, scenario.Options);
        var broken = default(string);
        var worker = default(Testbed.Workers.WorkerClient);
        try
        {
            worker = await scenario.PlayAsync(environment);
        }
        catch (Exception error)
            when (error is InvalidOperationException or TimeoutException or HttpRequestException or Npgsql.NpgsqlException)
        {
            broken = error.Message;
        }

        var timeToRecover = await environment.DrainAsync(worker ?? await environment.StartWorkerAsync());
        var result = await environment.CheckAsync(run, timeToRecover);
        return broken is null ? result : result with { Broken = [broken, .. result.Broken] };
    }
}

/// <summary>A fault while a worker works.</summary>
/// <param name="Name">As the table shows it.</param>
/// <param name="PlayAsync">
/// Starts workers, brings the fault about and ends it; returns the worker that drains what is left.
/// </param>
internal sealed record FaultScenario(string Name, Func<ProofEnvironment, Task<WorkerClient>> PlayAsync)
{
    public ProofEnvironmentOptions Options { get; init; } = new();

    /// <summary>Left to the command: it starts a server of its own, or waits for time-outs.</summary>
    public bool IsSlow { get; init; }

    /// <summary>What this machine lacks for it; null when nothing is.</summary>
    public Func<string?> FindObstacle { get; init; } = () => null;

    public override string ToString() => Name;
}
