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
        foreach (var breakage in Breakages.Where(breakage => Describe(breakage).Contains(only, StringComparison.Ordinal)))
            AnsiConsole.WriteLine($"{Describe(breakage)}:\n  {string.Join("\n  ", SiteGraph.Explore(breakage).Trace ?? ["=> NOT FOUND"])}");
        var watch = Stopwatch.StartNew();
        var graph = SiteGraph.Explore();
        return
        [
            new ScenarioResult(
                $"model: {graph.States:N0} states, {graph.Transitions:N0} transitions, {watch.Elapsed.TotalSeconds:0} s",
                1, SiteState.Rows, 0, 0, 0, 0, TimeSpan.Zero, [.. graph.Trace ?? []]),
        ];
    }

    public static string Describe(Breakage breakage) =>
        typeof(Breakage).GetField($"{breakage}")!.GetCustomAttribute<DescriptionAttribute>()!.Description;
}
