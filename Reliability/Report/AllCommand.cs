using System.CommandLine;
using Spectre.Console;

namespace OpsMantik.Reliability.Report;

/// <summary><c>all</c>: every proof in full size, and one table of what they found.</summary>
internal static class AllCommand
{
    public static Command Create(IReadOnlyList<Proof> proofs)
    {
        var command = new Command("all", $"Every proof in full size, in one table: {string.Join(", ", proofs.Select(proof => proof.Name))}.");
        command.SetAction(async (_, _) =>
        {
            List<ScenarioResult> results = [];
            foreach (var proof in proofs)
            {
                AnsiConsole.WriteLine($"{proof.Name} …");
                results.AddRange(await TryAsync(proof));
            }

            return ReportTable.Print(AnsiConsole.Console, results);
        });
        return command;
    }

    // Hours of results must not go with the proof that could not be run to its end.
    private static async Task<IReadOnlyList<ScenarioResult>> TryAsync(Proof proof)
    {
        try
        {
            return await proof.RunAsync();
        }
        catch (Exception error)
        {
            return [new ScenarioResult(proof.Name, 0, 0, 0, 0, 0, 0, TimeSpan.Zero, [$"it could not be run: {error.Message}"])];
        }
    }
}
