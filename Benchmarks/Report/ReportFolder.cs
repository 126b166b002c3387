namespace OpsMantik.Benchmarks.Report;

/// <summary>A run's results on disk: <c>results.md</c>, <c>figures.csv</c> and <c>ratios.svg</c>.</summary>
internal static class ReportFolder
{
    public static void Write(DirectoryInfo folder, BenchmarkReport report)
    {
        folder.Create();
        Put("results.md", $"# Benchmarks\n\n{MarkdownReport.Render(report, "ratios.svg")}");
        Put("figures.csv", CsvReport.Render(report.Figures));
        if (report.Judged.Count > 0)
            Put("ratios.svg", RatioPlot.Render(report.Judged));

        void Put(string name, string text) => File.WriteAllText(Path.Combine(folder.FullName, name), text);
    }
}
