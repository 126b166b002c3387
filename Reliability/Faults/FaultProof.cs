using OpsMantik.Reliability.Report;
using OpsMantik.Reliability.Stages;
using OpsMantik.Testbed;

namespace OpsMantik.Reliability.Faults;

/// <summary>Plays fault scenarios and judges each run by every invariant.</summary>
internal static class FaultProof
{
    public static IReadOnlyList<FaultScenario> All { get; } =
        [.. DatabaseFaults.All, .. NetworkFaults.All, .. GoogleFaults.All, .. ConsentFaults.All, .. RivalryFaults.All,
        .. RaceFaults.All];

    /// <param name="shared">For scenarios that leave the server alone.</param>
    /// <param name="times">Runs, one after the other, each in a database of its own.</param>
    public static async Task<ScenarioResult> RunAsync(FaultScenario scenario, TestbedServer shared, int times)
    {
        List<ScenarioResult> runs = [];
        for (var run = 1; run <= times; run++)
            runs.Add(await RunOnceAsync(scenario, shared, $"run {run}"));
        return ScenarioResults.Sum(scenario.Name, runs);
    }

    private static async Task<ScenarioResult> RunOnceAsync(FaultScenario scenario, TestbedServer shared, string run)
    {
        if (!scenario.Options.OwnServer)
            return await PlayAsync(scenario, shared, run);
        await using var server = await TestbedServer.StartAsync();
        return await PlayAsync(scenario, server, run);
    }

    private static async Task<ScenarioResult> PlayAsync(FaultScenario scenario, TestbedServer server, string run)
    {
        await using var stage = await Stage.OpenAsync(server, scenario.Options);
        var broken = default(string);
        var worker = default(Testbed.Workers.WorkerClient);
        try
        {
            worker = await scenario.PlayAsync(stage);
        }
        catch (Exception error)
            when (error is InvalidOperationException or TimeoutException or HttpRequestException or Npgsql.NpgsqlException)
        {
            broken = error.Message;
        }

        var timeToRecover = await stage.DrainAsync(worker ?? await stage.StartWorkerAsync());
        var result = await stage.CheckAsync(run, timeToRecover);
        return broken is null ? result : result with { Broken = [broken, .. result.Broken] };
    }
}
