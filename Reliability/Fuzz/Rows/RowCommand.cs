using System.CommandLine;
using OpsMantik.Reliability.Report;
using OpsMantik.Testbed;
using Spectre.Console;

namespace OpsMantik.Reliability.Fuzz.Rows;

/// <summary><c>rows</c>: hostile rows among good ones, on both ways to Google.</summary>
internal static class RowCommand
{
    public static Command Create()
    {
        var rows = new Option<int>("--rows") { Description = "How many random rows.", DefaultValueFactory = _ => 2_000 };
        var seed = new Option<int>("--seed") { Description = "The same seed makes the same rows.", DefaultValueFactory = _ => 1 };
        var command = new Command("rows", "Hostile rows among good ones: each fails alone, its neighbours complete.") { rows, seed };
        command.SetAction(async (parsed, cancellation) =>
        {
            await using var server = await TestbedServer.StartAsync(cancellation: cancellation);
            await using var bed = await FuzzBed.StartAsync(server);
            var catalogue = new RowRun(bed);
            await catalogue.AddCatalogueAsync();
            var every = await catalogue.DrainAsync("hostile rows, each kind");
            var random = new RowRun(bed);
            await random.AddRandomAsync(parsed.GetValue(seed), parsed.GetValue(rows));
            return ReportTable.Print(AnsiConsole.Console, [every, await random.DrainAsync($"hostile rows, seed {parsed.GetValue(seed)}")]);
        });
        return command;
    }
}
