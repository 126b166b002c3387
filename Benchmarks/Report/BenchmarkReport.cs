using System.Globalization;
using System.Text;
using Spectre.Console;

namespace OpsMantik.Benchmarks.Report;

/// <summary>What a run found.</summary>
/// <param name="Machine">Where it ran, a line each.</param>
/// <param name="Failures">Parts that could not be measured, and why.</param>
internal sealed record BenchmarkReport(
    IReadOnlyList<string> Machine, IReadOnlyList<Figure> Figures, IReadOnlyList<string> Failures)
{
    /// <summary>The figures that have a goal: ratios, which mean the same on any machine.</summary>
    public IReadOnlyList<Figure> WithGoal => [.. Figures.Where(figure => figure.Goal is not null)];

    public bool MissesFloor => WithGoal.Any(figure => figure.GoalResult == GoalResult.Missed);
}

/// <summary>A run's results on disk: <c>results.md</c>, <c>figures.csv</c> and <c>ratios.svg</c>.</summary>
internal static class ReportFolder
{
    public static void Write(DirectoryInfo folder, BenchmarkReport report)
    {
        folder.Create();
        Put("results.md", $"# Benchmarks\n\n{MarkdownReport.Render(report, "ratios.svg")}");
        Put("figures.csv", CsvReport.Render(report.Figures));
        if (report.WithGoal.Count > 0)
            Put("ratios.svg", RatioPlot.Render(report.WithGoal));

        void Put(string name, string text) => File.WriteAllText(Path.Combine(folder.FullName, name), text);
    }
}

/// <summary>The table as the terminal shows it.</summary>
internal static class ConsoleTable
{
    public static void Write(TextWriter output, BenchmarkReport report)
    {
        var console = AnsiConsole.Create(new AnsiConsoleSettings { Out = new AnsiConsoleOutput(output) });
        // A pipe has no width, and a wrapped cell cannot be searched for.
        console.Profile.Width = Math.Max(console.Profile.Width, 160);
        var table = new Table().Border(TableBorder.Simple);
        foreach (var heading in FigureText.Headings)
            table.AddColumn(heading);
        foreach (var figure in report.Figures)
            table.AddRow([.. FigureText.Cells(figure).Select(Markup.Escape)]);
        console.Write(table);
        foreach (var failure in report.Failures)
            console.WriteLine($"FAILED {failure}");
    }
}

/// <summary>Every figure with every run, for a program to read: numbers unrounded, runs separated by spaces.</summary>
internal static class CsvReport
{
    public static string Render(IReadOnlyList<Figure> figures)
    {
        var text = new StringBuilder().AppendLine("part,measure,unit,median,runs,wanted,floor,more_is_better,verdict");
        foreach (var figure in figures)
        {
            string[] cells =
            [
                figure.Part, figure.Measure, figure.Unit, Number(figure.Median),
                string.Join(' ', figure.Runs.Select(Number)),
                figure.Goal is { } goal ? Number(goal.Wanted) : "", figure.Goal is { } least ? Number(least.Floor) : "",
                figure.Goal is { } kind ? (kind.AtLeast ? "true" : "false") : "", figure.GoalResult?.ToString() ?? "",
            ];
            text.AppendLine(string.Join(',', cells.Select(Quoted)));
        }

        return text.ToString();
    }

    private static string Number(double value) => value.ToString("R", CultureInfo.InvariantCulture);

    private static string Quoted(string cell) =>
        cell.AsSpan().IndexOfAny(",\"\n") < 0 ? cell : $"\"{cell.Replace("\"", "\"\"", StringComparison.Ordinal)}\"";
}
