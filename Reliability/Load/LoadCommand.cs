using System.CommandLine;
using OpsMantik.Reliability.Report;
using Spectre.Console;

namespace OpsMantik.Reliability.Load;

/// <summary><c>load --rows 1000000</c></summary>
internal static class LoadCommand
{
    public static Command Create()
    {
        var rows = ProofOptions.Count("--rows", "Rows of the large drain.", LoadProof.DefaultRows);
        var command = new Command("load", "A million queued rows drained by one worker process with flat memory.") { rows };
        command.SetAction(async (parsed, _) => ReportTable.Print(
            AnsiConsole.Console, [await LoadProof.RunAsync(parsed.GetRequiredValue(rows))]));
        return command;
    }
}
