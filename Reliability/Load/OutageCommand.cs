using System.CommandLine;
using Spectre.Console;

namespace OpsMantik.Reliability.Load;

/// <summary><c>outage --rows 1000000 --workers 8 --minutes 10</c></summary>
internal static class OutageCommand
{
    public static Command Create()
    {
        var rows = ProofOptions.Count("--rows", "Rows that wait when the workers start.", OutageProof.Default.Rows);
        var workers = ProofOptions.Count("--workers", "Worker processes.", OutageProof.Default.Workers);
        var minutes = new Option<double>("--minutes")
        {
            Description = "For how long the database is away.",
            DefaultValueFactory = _ => OutageProof.Default.Length.TotalMinutes,
        };
        var command = new Command("outage", "The database away in the middle of a drain: how long until all is as it was.")
        {
            rows, workers, minutes,
        };
        command.SetAction(async (parsed, _) => ReportTable.Print(
            AnsiConsole.Console,
            [
                await OutageProof.RunAsync(new OutageOptions(
                    parsed.GetRequiredValue(rows), parsed.GetRequiredValue(workers), TimeSpan.FromMinutes(parsed.GetRequiredValue(minutes)))),
            ]));
        return command;
    }
}
