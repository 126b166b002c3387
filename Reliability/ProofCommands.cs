using System.CommandLine;
using OpsMantik.Reliability.Breakages;
using OpsMantik.Reliability.Faults;
using OpsMantik.Reliability.Fuzz;
using OpsMantik.Reliability.Fuzz.Rows;
using OpsMantik.Reliability.Load;
using OpsMantik.Reliability.Processes;
using OpsMantik.Reliability.Report;
using OpsMantik.Reliability.Simulation;

namespace OpsMantik.Reliability;

/// <summary>The command line: one command for each kind of proof, and one for all of them.</summary>
internal static class ProofCommands
{
    private static readonly Proof[] Proofs =
    [
        new("simulate", () => Task.FromResult<IReadOnlyList<ScenarioResult>>([SimulationScenario.Run(1, SimulationScenario.FullCount)])),
        new("kills", () => KillCommand.RunAsync()),
        new("faults", () => FaultCommand.RunAsync(FaultCommand.DefaultTimes)),
        new("fuzz", () => FuzzCommand.RunAsync()),
        new("rows", () => RowCommand.RunAsync()),
        new("load", async () => [await LoadProof.RunAsync(LoadProof.DefaultRows)]),
        new("soak", async () => [await SoakProof.RunAsync(SoakProof.DefaultLength)]),
        new("calls", async () => [await CallsCommand.RunAsync()]),
        new("breakages", () => BreakageCommand.RunAsync()),
    ];

    public static RootCommand Create() =>
        new RootCommand("The proof under faults: nothing lost, nothing sent twice.")
        {
            SimulateCommand.Create(),
            KillCommand.Create(),
            FaultCommand.Create(),
            FuzzCommand.Create(),
            RowCommand.Create(),
            LoadCommand.Create(),
            SoakCommand.Create(),
            CallsCommand.Create(),
            BreakageCommand.Create(),
            AllCommand.Create(Proofs),
        };
}
