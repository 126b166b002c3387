using System.CommandLine;
using System.Diagnostics;

namespace OpsMantik.Reliability.Model;

/// <summary><c>model</c>: every interleaving of a small world.</summary>
internal static class ModelCommand
{
    public static Command Create()
    {
        var command = new Command("model", "Every interleaving of two workers, recovery, operator and dashboard.");
        command.SetAction(_ =>
        {
            foreach (var breakage in Enum.GetValues<Breakage>().Reverse())
            {
                var watch = Stopwatch.StartNew();
                var graph = SiteGraph.Explore(breakage);
                Console.WriteLine($"{breakage}: {graph.Count:N0} states, {(graph.Trace is null ? graph.Transitions : 0):N0} transitions, {watch.Elapsed.TotalSeconds:0.0} s, {GC.GetTotalMemory(false) >> 20} MiB");
                foreach (var line in graph.Trace ?? [])
                    Console.WriteLine($"   {line}");
            }
            return 0;
        });
        return command;
    }
}
