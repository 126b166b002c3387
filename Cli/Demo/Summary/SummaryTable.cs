using System.Globalization;
using Spectre.Console;

namespace OpsMantik.Cli.Demo.Summary;

/// <summary>The summary for people: one row per site, and the first rows that went astray.</summary>
internal static class SummaryTable
{
    private const int MostDeviations = 10;

    public static void Write(IAnsiConsole console, DemoSummary summary, DateTimeOffset now)
    {
        var table = new Table().AddColumn("Site").AddColumn(new TableColumn("Completed").RightAligned())
            .AddColumn("Retry (when)").AddColumn("Failed (why)").AddColumn("Circuit");
        foreach (var site in summary.Sites)
        {
            table.AddRow(
                Markup.Escape(site.Site),
                site.Completed.ToString(CultureInfo.InvariantCulture),
                Lines(site.Retry, reason => $"{reason.Count} x {reason.Code}{When(reason.NextRetryAt, now)}"),
                Lines(site.Failed, reason => $"{reason.Count} x {reason.Code}"),
                site.Circuit + (site.Open == 0 ? "" : $", {site.Open} rows still open")
                + (site.Submitted == 0 ? "" : $", {site.Submitted} rows still submitted"));
        }

        console.Write(table);
        WriteVerdict(console, summary);
    }

    private static void WriteVerdict(IAnsiConsole console, DemoSummary summary)
    {
        if (summary.Ok)
        {
            console.MarkupLineInterpolated($"[green]All {summary.Sales} sales ended as the sample file says.[/]");
            return;
        }

        console.MarkupLineInterpolated(
            $"[red]{summary.Deviations.Count} of {summary.Sales} sales did not end as the sample file says:[/]");
        foreach (var (line, reference, expected, got) in summary.Deviations.Take(MostDeviations))
            console.Verbatim($"  line {line} ({reference}): expected {expected}; got {got}");
        if (summary.Deviations.Count > MostDeviations)
            console.Verbatim($"  and {summary.Deviations.Count - MostDeviations} more");
    }

    private static string Lines(IReadOnlyList<Reason> reasons, Func<Reason, string> words) =>
        reasons.Count == 0 ? "-" : Markup.Escape(string.Join('\n', reasons.Select(words)));

    private static string When(DateTimeOffset? at, DateTimeOffset now)
    {
        if (at is not { } time)
            return "";
        var minutes = Math.Max(0, Math.Round((time - now).TotalMinutes));
        var wait = minutes < 60 ? $"{minutes} min" : $"{minutes / 60:0.#} h";
        return $" in {wait} ({time.ToUniversalTime():HH:mm} UTC)";
    }
}
