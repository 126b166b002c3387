using System.CommandLine;
using System.ComponentModel;
using System.Diagnostics;
using System.Reflection;
using Spectre.Console;

namespace OpsMantik.Reliability.Model;

/// <summary><c>model</c>: every interleaving around one site, and each deliberate mistake with the shortest way to it.</summary>
internal static class ModelCommand
{
    private static readonly Breakage[] Breakages = [.. Enum.GetValues<Breakage>().Where(breakage => breakage != Breakage.None)];

    public static Command Create()
    {
        var only = ProofOptions.Only("breakages", Breakages.Select(Describe));
        var command = new Command("model", "Every interleaving of two workers, recovery, operator and dashboard around a site of two rows.")
        {
            only,
        };
        command.SetAction(parsed => ReportTable.Print(AnsiConsole.Console, Run(parsed.GetValue(only)!)));
        return command;
    }

    /// <param name="only">What the names of the breakages contain. The model without a mistake is explored always.</param>
    public static IReadOnlyList<ScenarioResult> Run(string only = "")
    {
        List<string> broken = [];
        foreach (var breakage in Breakages.Where(breakage => Describe(breakage).Contains(only, StringComparison.Ordinal)))
        {
            AnsiConsole.WriteLine($"{Describe(breakage)}:");
            if (SiteGraph.Explore(breakage).Trace is not { } trace)
                broken.Add($"\"{Describe(breakage)}\" is not found");
            else
                AnsiConsole.WriteLine($"  {string.Join("\n  ", trace)}");
        }

        var watch = Stopwatch.StartNew();
        var graph = SiteGraph.Explore();
        var name = $"model: {graph.States:N0} states, {graph.Transitions:N0} transitions, {watch.Elapsed.TotalSeconds:0} s";
        return [new ScenarioResult(name, 1, SiteState.Rows, 0, 0, 0, 0, TimeSpan.Zero, [.. broken, .. graph.Trace ?? []])];
    }

    public static string Describe(Breakage breakage) =>
        typeof(Breakage).GetField($"{breakage}")!.GetCustomAttribute<DescriptionAttribute>()!.Description;
}
