using OpsMantik.Local.GoogleEmulator;
using OpsMantik.Reliability.Report;
using OpsMantik.Reliability.Stages;
using OpsMantik.Testbed;

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
        await using var stage = await Stage.OpenAsync(server, point.Options);
        await using var victim = await Victim.StartAsync(stage, new Random(seed));
        var missed = default(string);
        try
        {
            await point.ReachAsync(victim);
            await (point.AtDeathAsync?.Invoke(victim) ?? Task.CompletedTask);
            await victim.KillAsync();
            await (point.AfterDeathAsync?.Invoke(victim) ?? Task.CompletedTask);
        }
        catch (Exception error)
            when (error is InvalidOperationException or TimeoutException or HttpRequestException or Npgsql.NpgsqlException)
        {
            missed = error.Message;
        }

        stage.Google.SetBehaviour(null, CallBehaviour.Normal);
        stage.Google.SetBehaviour(null, CallBehaviour.Normal, CallTarget.Token);
        var timeToRecover = await stage.DrainAsync(await stage.StartWorkerAsync());
        var result = await stage.CheckAsync($"seed {seed}", timeToRecover);
        return missed is null ? result : result with { Broken = [missed, .. result.Broken] };
    }
}
