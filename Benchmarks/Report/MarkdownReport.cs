using System.Text;

namespace OpsMantik.Benchmarks.Report;

/// <summary>The report as Markdown: the machine, the ratios with their goals, the plot, and every other figure.</summary>
internal static class MarkdownReport
{
    /// <param name="plot">The plot's path, as the document that quotes this reaches it.</param>
    public static string Render(BenchmarkReport report, string plot)
    {
        var text = new StringBuilder();
        foreach (var line in report.Machine)
            text.AppendLine($"- {line}");
        text.AppendLine();
        AppendTable(text, report.Judged);
        if (report.Judged.Count > 0)
            text.AppendLine().AppendLine($"![Every ratio over its goal]({plot})");
        foreach (var failure in report.Failures)
            text.AppendLine().AppendLine($"**Not measured:** {failure}");
        var others = report.Figures.Except(report.Judged).ToList();
        if (others.Count > 0)
        {
            text.AppendLine().AppendLine("What they are made of:").AppendLine();
            AppendTable(text, others);
        }

        return text.ToString();
    }

    private static void AppendTable(StringBuilder text, IReadOnlyList<Figure> figures)
    {
        if (figures.Count == 0)
            return;
        // Columns that no figure fills are left out.
        var cells = figures.Select(FigureText.Cells).ToList();
        var columns = Enumerable.Range(0, FigureText.Headings.Length)
            .Where(column => cells.Any(row => row[column].Length > 0))
            .ToArray();
        AppendRow(text, columns.Select(column => FigureText.Headings[column]));
        AppendRow(text, columns.Select(_ => "---"));
        foreach (var row in cells)
            AppendRow(text, columns.Select(column => row[column]));
    }

    private static void AppendRow(StringBuilder text, IEnumerable<string> cells) =>
        text.AppendLine($"| {string.Join(" | ", cells.Select(cell => cell.Replace("|", "\\|", StringComparison.Ordinal)))} |");
}
