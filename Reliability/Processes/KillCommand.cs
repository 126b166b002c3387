using System.CommandLine;
using OpsMantik.Reliability.Report;
using OpsMantik.Testbed;
using Spectre.Console;

namespace OpsMantik.Reliability.Processes;

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
