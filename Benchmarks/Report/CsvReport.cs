using System.Globalization;
using System.Text;

namespace OpsMantik.Benchmarks.Report;

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
                figure.Goal is { } kind ? (kind.AtLeast ? "true" : "false") : "", figure.Verdict?.ToString() ?? "",
            ];
            text.AppendLine(string.Join(',', cells.Select(Quoted)));
        }

        return text.ToString();
    }

    private static string Number(double value) => value.ToString("R", CultureInfo.InvariantCulture);

    private static string Quoted(string cell) =>
        cell.AsSpan().IndexOfAny(",\"\n") < 0 ? cell : $"\"{cell.Replace("\"", "\"\"", StringComparison.Ordinal)}\"";
}
