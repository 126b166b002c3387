using System.CommandLine;
using OpsMantik.Reliability.Report;
using OpsMantik.Testbed;
using Spectre.Console;

namespace OpsMantik.Reliability.Fuzz.Rows;

/// <summary><c>rows</c>: hostile rows among good ones, on both ways to Google.</summary>
internal static class RowCommand
{
    private const int DefaultRows = 2_000;

    public static Command Create()
    {
        var rows = ProofOptions.Count("--rows", "How many random rows.", DefaultRows);
        var seed = new Option<int>("--seed") { Description = "The same seed makes the same rows.", DefaultValueFactory = _ => 1 };
        var command = new Command("rows", "Hostile rows among good ones: each fails alone, its neighbours complete.") { rows, seed };
        command.SetAction(async (parsed, _) => ReportTable.Print(
            AnsiConsole.Console, await RunAsync(parsed.GetValue(rows), parsed.GetValue(seed))));
        return command;
    }

    public static async Task<IReadOnlyList<ScenarioResult>> RunAsync(int rows = DefaultRows, int seed = 1)
    {
        await using var server = await TestbedServer.StartAsync();
        await using var bed = await FuzzBed.StartAsync(server);
        var catalogue = new RowRun(bed);
        await catalogue.AddCatalogueAsync();
        var every = await catalogue.DrainAsync("hostile rows, each kind");
        var random = new RowRun(bed);
        await random.AddRandomAsync(seed, rows);
        return [every, await random.DrainAsync($"hostile rows, seed {seed}")];
    }
}
