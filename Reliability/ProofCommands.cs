using System.CommandLine;
using OpsMantik.Reliability.Faults;
using OpsMantik.Reliability.Fuzz;
using OpsMantik.Reliability.Fuzz.Rows;
using OpsMantik.Reliability.Load;
using OpsMantik.Reliability.Model;
using OpsMantik.Reliability.Mutations;
using OpsMantik.Reliability.Processes;
using OpsMantik.Reliability.Simulation;
using Spectre.Console;

namespace OpsMantik.Reliability;

/// <summary>The command line: one command for each kind of proof, and one for all of them.</summary>
internal static class ProofCommands
{
    private static readonly Proof[] Proofs =
    [
        new("simulate", () => Task.FromResult<IReadOnlyList<ScenarioResult>>([SimulationScenario.Run(1, SimulationScenario.FullCount)])),
        new("model", () => Task.FromResult(ModelCommand.Run())),
        new("kills", () => KillCommand.RunAsync()),
        new("faults", () => FaultCommand.RunAsync(FaultCommand.DefaultTimes)),
        new("fuzz", () => FuzzCommand.RunAsync()),
        new("rows", () => RowCommand.RunAsync()),
        new("load", async () => [await LoadProof.RunAsync(LoadProof.DefaultRows)]),
        new("soak", async () => [await SoakProof.RunAsync(SoakProof.DefaultLength)]),
        new("migration", () => MigrationCommand.RunAsync()),
        new("outage", async () => [await OutageProof.RunAsync(OutageProof.Default)]),
        new("calls", async () => [await CallsCommand.RunAsync()]),
        new("breakages", () => MutationCommand.RunAsync()),
    ];

    public static RootCommand Create() =>
        new RootCommand("The proof under faults: nothing lost, nothing sent twice.")
        {
            SimulateCommand.Create(),
            ModelCommand.Create(),
            KillCommand.Create(),
            FaultCommand.Create(),
            FuzzCommand.Create(),
            RowCommand.Create(),
            LoadCommand.Create(),
            SoakCommand.Create(),
            MigrationCommand.Create(),
            OutageCommand.Create(),
            CallsCommand.Create(),
            MutationCommand.Create(),
            AllCommand.Create(Proofs),
        };
}

/// <summary>Options that several proofs have. A proof of nothing is refused: it would look like one that held.</summary>
internal static class ProofOptions
{
    public static Option<int> Count(string name, string description, int usual)
    {
        var option = new Option<int>(name) { Description = description, DefaultValueFactory = _ => usual };
        option.Validators.Add(result =>
        {
            // What is no number is the parser's business.
            if (result.Tokens is [{ Value: var text }] && int.TryParse(text, out var number) && number < 1)
                result.AddError($"{name} must be at least 1.");
        });
        return option;
    }

    /// <param name="things">What there is a list of, in the plural.</param>
    /// <param name="names">Of all of them.</param>
    public static Option<string> Only(string things, IEnumerable<string> names)
    {
        var option = new Option<string>("--only")
        {
            Description = $"Only {things} whose name contains this.",
            DefaultValueFactory = _ => "",
        };
        option.Validators.Add(result =>
        {
            var text = result.Tokens is [var token] ? token.Value : "";
            if (!names.Any(name => name.Contains(text, StringComparison.Ordinal)))
                result.AddError($"--only: no name contains \"{text}\". The {things} are: {string.Join("; ", names)}.");
        });
        return option;
    }
}

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
