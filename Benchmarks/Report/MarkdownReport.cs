using System.Globalization;
using System.Runtime.InteropServices;
using System.Text;
using Npgsql;
using OpsMantik.Testbed;

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
        AppendTable(text, report.WithGoal);
        if (report.WithGoal.Count > 0)
            text.AppendLine().AppendLine($"![Every ratio over its goal]({plot})");
        foreach (var failure in report.Failures)
            text.AppendLine().AppendLine($"**Not measured:** {failure}");
        var others = report.Figures.Except(report.WithGoal).ToList();
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
        text.AppendLine(string.Join(" | ", cells.Select(cell => cell.Replace("|", "\\|", StringComparison.Ordinal))));
}

/// <summary>The part of a hand-written document that a run writes: between two markers, with its plot beside it.</summary>
internal sealed class DocumentFragment
{
    public const string Begin = "<!-- benchmarks:begin -->";
    public const string End = "<!-- benchmarks:end -->";

    private readonly FileInfo _document;

    private DocumentFragment(FileInfo document) => _document = document;

    /// <exception cref="InvalidDataException">The document is not there, or has not both markers in their order.</exception>
    public static DocumentFragment Open(FileInfo document)
    {
        if (!document.Exists)
            throw new InvalidDataException($"There is no {document.FullName} to update.");
        Cut(document);
        return new DocumentFragment(document);
    }

    public void Replace(BenchmarkReport report)
    {
        var (before, after) = Cut(_document);
        var plot = Path.ChangeExtension(_document.FullName, ".svg");
        if (report.WithGoal.Count > 0)
            File.WriteAllText(plot, RatioPlot.Render(report.WithGoal));
        var text = MarkdownReport.Render(report, Path.GetFileName(plot)).TrimEnd();
        File.WriteAllText(_document.FullName, $"{before}{Begin}\n\n{text}\n\n{End}{after}");
    }

    private static (string Before, string After) Cut(FileInfo document)
    {
        var text = File.ReadAllText(document.FullName);
        var begin = text.IndexOf(Begin, StringComparison.Ordinal);
        var end = text.IndexOf(End, StringComparison.Ordinal);
        return begin >= 0 && end > begin
            ? (text[..begin], text[(end + End.Length)..])
            : throw new InvalidDataException(
                $"{document.FullName} needs a line {Begin} and, below it, a line {End}: what is between them is replaced.");
    }
}

/// <summary>Where figures come from: without it they mean nothing.</summary>
internal static class Machine
{
    public static async Task<IReadOnlyList<string>> DescribeAsync(TestbedServer server)
    {
        var memory = GC.GetGCMemoryInfo().TotalAvailableMemoryBytes / (double)(1 << 30);
        return
        [
            string.Create(CultureInfo.InvariantCulture,
                $"{TimeProvider.System.GetUtcNow():yyyy-MM-dd}; {Environment.ProcessorCount} cores{Processor()}, {memory:0} GiB, {RuntimeInformation.OSDescription}"),
            $"{RuntimeInformation.FrameworkDescription}; client and server share the machine",
            await PostgresAsync(server),
        ];
    }

    private static string Processor()
    {
        const string cpus = "/proc/cpuinfo";
        var model = File.Exists(cpus)
            ? File.ReadLines(cpus).FirstOrDefault(line => line.StartsWith("model name", StringComparison.Ordinal))
            : null;
        return model is null ? "" : $" of {model[(model.IndexOf(':') + 1)..].Trim()}";
    }

    private static async Task<string> PostgresAsync(TestbedServer server)
    {
        await using var connection = new NpgsqlConnection(server.Postgres.ConnectionString);
        await connection.OpenAsync();
        await using var command = new NpgsqlCommand(
            """
            select 'PostgreSQL ' || current_setting('server_version') || ': '
                   || string_agg(name || ' = ' || current_setting(name), ', ' order by name)
            from pg_settings
            where name in ('fsync', 'synchronous_commit', 'full_page_writes', 'shared_buffers', 'max_wal_size')
            """, connection);
        return (string)(await command.ExecuteScalarAsync())!;
    }
}
