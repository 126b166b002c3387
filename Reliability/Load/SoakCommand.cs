using System.CommandLine;
using OpsMantik.Reliability.Report;
using Spectre.Console;

namespace OpsMantik.Reliability.Load;

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
