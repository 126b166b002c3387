using System.CommandLine;
using System.Diagnostics;
using System.Globalization;
using Spectre.Console;

namespace OpsMantik.Reliability.Mutations;

/// <summary><c>mutations [--only text]</c></summary>
internal static class MutationCommand
{
    private const int MinWidth = 180;

    public static Command Create()
    {
        var only = ProofOptions.Only("breakages", SourceMutations.All.Select(mutation => mutation.Name));
        var command = new Command("breakages", "The product broken on purpose, mistake by mistake: each must be caught.") { only };
        command.SetAction(async (parsed, _) =>
            (await RunAsync(parsed.GetRequiredValue(only))).All(result => result.Held) ? 0 : 1);
        return command;
    }

    /// <summary>Prints its own table and returns one line for the common one.</summary>
    public static async Task<IReadOnlyList<ScenarioResult>> RunAsync(string only = "")
    {
        // Written to a file, the console claims 80 columns.
        AnsiConsole.Profile.Width = Math.Max(AnsiConsole.Profile.Width, MinWidth);
        var results = await MutationProof.RunAsync(only, result => AnsiConsole.WriteLine(
            $"{(result.AsExpected ? "as expected" : "NOT CAUGHT ")} {result.Took.TotalSeconds,6:0.0} s  {result.Name}: {result.Detector}"));
        Print(AnsiConsole.Console, results);
        var mutations = SourceMutations.All.Count(mutation => results.Any(result => result.Name == mutation.Name));
        return
        [
            new ScenarioResult(
                "deliberate breakages caught", mutations, 0, 0, 0, 0, 0, TimeSpan.Zero,
                [.. results.Where(result => !result.AsExpected).Select(result => $"{result.Name}: {result.Told}")]),
        ];
    }

    private static void Print(IAnsiConsole console, IReadOnlyList<MutationResult> results)
    {
        var table = new Table().AddColumns("breakage", "caught by", "it said", "seconds", "");
        foreach (var result in results)
        {
            table.AddRow(
                result.Name.EscapeMarkup(),
                result.Detector.EscapeMarkup(),
                result.Told.EscapeMarkup(),
                result.Took.TotalSeconds.ToString("0.0", CultureInfo.InvariantCulture),
                result.AsExpected ? result.Name[0] == '(' ? "content" : "caught" : "NOT CAUGHT");
        }

        console.Write(table);
    }
}

/// <summary>
/// Each mutation is activated in turn and its detector must fail. Before that, every detector must be
/// satisfied with the same copy and no active mutation, or its failure would prove nothing.
/// </summary>
internal static class MutationProof
{
    // The detectors mostly wait.
    private const int AtOnce = 2;

    /// <param name="only">Only mutations whose name contains this.</param>
    /// <param name="done">Hears each result as it comes.</param>
    public static async Task<IReadOnlyList<MutationResult>> RunAsync(string only, Action<MutationResult> done)
    {
        var mutations = SourceMutations.All.Where(mutation => mutation.Name.Contains(only, StringComparison.Ordinal)).ToList();
        using var tree = new MutatedCheckout(SourceMutations.All);
        await tree.BuildAsync();
        var unbroken = mutations.Select(mutation => string.Join(' ', mutation.Detector)).Distinct()
            .Select(line => mutations.First(mutation => string.Join(' ', mutation.Detector) == line).Detector);
        return
        [
            .. await AllAsync(unbroken, detector => RunAsync(tree, null, detector), done),
            .. await AllAsync(mutations, mutation => RunAsync(tree, mutation, mutation.Detector), done),
        ];
    }

    private static async Task<IReadOnlyList<MutationResult>> AllAsync<T>(
        IEnumerable<T> inputs, Func<T, Task<MutationResult>> run, Action<MutationResult> done)
    {
        var all = inputs.ToList();
        var results = new MutationResult[all.Count];
        await Parallel.ForAsync(0, all.Count, new ParallelOptions { MaxDegreeOfParallelism = AtOnce }, async (place, _) =>
        {
            results[place] = await run(all[place]);
            done(results[place]);
        });
        return results;
    }

    private static async Task<MutationResult> RunAsync(MutatedCheckout tree, SourceMutation? mutation, string[] detector)
    {
        var started = Stopwatch.GetTimestamp();
        var (exit, output) = await tree.RunAsync(detector, mutation);
        var lines = output.Split('\n');
        // An invariant that broke, not a program that fell over.
        var caught = exit == 1 && lines.Any(line => line.Contains("BROKEN", StringComparison.Ordinal));
        var told = lines.SkipWhile(line => !line.StartsWith('└')).Skip(1).FirstOrDefault(line => line.Trim().Length > 0);
        var asExpected = mutation is null ? exit == 0 : caught;
        return new MutationResult(
            mutation?.Name ?? "(nothing broken)",
            string.Join(' ', detector),
            asExpected ? (told ?? "").Trim() : $"exit code {exit}: {string.Join(' ', lines.TakeLast(20)).Trim()}",
            asExpected,
            Stopwatch.GetElapsedTime(started));
    }
}
