using Spectre.Console;

namespace OpsMantik.Benchmarks.Report;

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
