namespace OpsMantik.Benchmarks.Report;

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
        if (report.Judged.Count > 0)
            File.WriteAllText(plot, RatioPlot.Render(report.Judged));
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
