using System.Globalization;
using OpsMantik.Core.Status;
using Spectre.Console;

namespace OpsMantik.Cli;

/// <summary>The status for a person; times in UTC.</summary>
internal static class StatusTables
{
    private const int MostCommands = 3;

    /// <param name="most">Sites to list.</param>
    public static void Print(IAnsiConsole console, StatusReport report, int most)
    {
        foreach (var total in report.Providers)
        {
            console.Verbatim(
                $"{total.ProviderKey} at {TextFormat.Utc(report.TakenAt)}: {TextFormat.Number(total.Waiting)} waiting"
                + (total.OldestAt is { } oldest ? $", the oldest for {Age(report.TakenAt - oldest)}" : "")
                + $"; {TextFormat.Number(total.Processing)} being sent, {TextFormat.Number(total.Submitted)} submitted, {TextFormat.Number(total.Failed)} failed "
                + $"({TextFormat.Number(total.FailedToday)} in a day), {TextFormat.Number(total.Completed)} completed");
        }

        if (report.Providers.Count == 0)
            console.Verbatim($"No site has had a row yet ({TextFormat.Utc(report.TakenAt)}).");
        Sites(console, report, most);
        Circuits(console, report);
        Failures(console, report);
        Corrections(console, report);
        console.Verbatim(report.Ticks.Count == 0
            ? "No job has ended well yet."
            : "Last good runs: " + string.Join(", ", report.Ticks.Select(tick =>
                $"{tick.Job} {Age(report.TakenAt - tick.EndedAt)} ago")));
    }

    private static void Sites(IAnsiConsole console, StatusReport report, int most)
    {
        var listed = report.Ordered;
        if (listed.Count == 0)
            return;
        var table = Table("site", "waiting", "oldest", "retry", "sending", "submitted", "failed", "completed", "needs a person");
        foreach (var site in listed.Take(most))
        {
            table.AddTextRow(
                report.Names.Show(site.SiteId),
                TextFormat.Number(site.Waiting),
                site.OldestAt is { } oldest ? Age(report.TakenAt - oldest) : "-",
                TextFormat.Number(site.Retry),
                TextFormat.Number(site.Processing),
                TextFormat.Number(site.Submitted),
                TextFormat.Number(site.Failed),
                TextFormat.Number(site.Completed),
                NeedText.Render(site.Need) + (site.Cause is { } cause ? $": {cause.Code}" : ""));
        }

        console.Write(table);
        if (listed.Count > most)
            console.Verbatim($"and {TextFormat.Number(listed.Count - most)} more sites (--sites {listed.Count})");
        // One of each kind: the same command helps the others.
        foreach (var site in report.InNeed.DistinctBy(site => site.Need).Take(MostCommands))
            console.Verbatim($"Next: {NeedText.Command(site.Need, report.Names.ShortIdOf(site.SiteId))} ({TextFormat.Name(NeedText.WhoActs(site.Cause))})");
    }

    private static void Circuits(IAnsiConsole console, StatusReport report)
    {
        if (report.Circuits.Count == 0)
        {
            console.Verbatim("All circuits are CLOSED.");
            return;
        }

        var table = Table("circuit of", "state", "failures in a row", "opened", "next probe");
        foreach (var site in report.Circuits)
        {
            table.AddTextRow(
                report.Names.Show(site.SiteId),
                site.Isolated ? "OPEN (isolated)" : site.Circuit,
                TextFormat.Number(site.Failures),
                TextFormat.UtcOrDash(site.OpenedAt),
                site.Isolated ? "when closed by hand" : TextFormat.UtcOrDash(site.NextProbeAt));
        }

        console.Write(table);
    }

    private static void Failures(IAnsiConsole console, StatusReport report)
    {
        if (report.LastHour.Count == 0)
        {
            console.Verbatim("Nothing failed in the last hour.");
            return;
        }

        console.Verbatim("Failed in the last hour:");
        foreach (var failure in report.LastHour)
        {
            console.Verbatim(
                $"{TextFormat.Number(failure.Rows),8}  {failure.Category ?? "-"}  {failure.Code ?? "-"}  "
                + $"({failure.Sites} {(failure.Sites == 1 ? "site" : "sites")}): {failure.Meaning.Meaning}");
            console.Verbatim($"{"",8}  {TextFormat.Name(failure.Meaning.Who)}: {failure.Meaning.Action}");
        }
    }

    private static void Corrections(IAnsiConsole console, StatusReport report)
    {
        foreach (var (provider, corrections) in report.Providers.Select(total => (total.ProviderKey, total.Corrections)))
        {
            if (corrections.AreNone)
                continue;
            console.Verbatim(
                $"Corrections at {provider}: {TextFormat.Number(corrections.Waiting)} waiting"
                + (corrections.OldestAt is { } oldest ? $", the oldest for {Age(report.TakenAt - oldest)}" : "")
                + $"; {TextFormat.Number(corrections.ToldToday)} told in a day; in 7 days {TextFormat.Number(corrections.Failed)} failed, "
                + $"{TextFormat.Number(corrections.Final)} that nobody can correct");
        }
    }

    private static Table Table(params string[] columns)
    {
        var table = new Table();
        foreach (var column in columns)
            table.AddColumn(new TableColumn(column) { NoWrap = column != columns[^1] });
        return table;
    }

    /// <summary>In the largest unit that says enough.</summary>
    internal static string Age(TimeSpan age) => age switch
    {
        { TotalDays: >= 2 } => string.Create(CultureInfo.InvariantCulture, $"{age.TotalDays:0} d"),
        { TotalHours: >= 2 } => string.Create(CultureInfo.InvariantCulture, $"{age.TotalHours:0} h"),
        { TotalMinutes: >= 2 } => string.Create(CultureInfo.InvariantCulture, $"{age.TotalMinutes:0} min"),
        _ => string.Create(CultureInfo.InvariantCulture, $"{Math.Max(age.TotalSeconds, 0):0} s"),
    };
}

/// <summary>The status of one site for a person; times in UTC.</summary>
internal static class SiteTables
{
    private const int MostBatches = 5;

    public static void Print(IAnsiConsole console, SiteReport report)
    {
        var site = report.State;
        Line("site", $"{site.SiteId}{(site.SiteName is { } name ? $" {name}" : "")} ({site.ProviderKey}), at {TextFormat.Utc(site.TakenAt)}");
        Line("needs", site.Need == SiteNeed.Nothing ? "nobody" : NeedText.Render(site.Need) + (site.Cause is { } code ? $": {code.Code}" : ""));
        if (site.Cause is { } cause)
        {
            Line("meaning", cause.Meaning);
            Line("to do", $"{cause.Action} ({TextFormat.Name(NeedText.WhoActs(cause))})");
        }

        if (site.Need != SiteNeed.Nothing)
            Line("next", NeedText.Command(site.Need, report.Names.ShortIdOf(site.SiteId)));

        Line("rows", $"{TextFormat.Number(site.Waiting)} waiting"
            + (site.OldestAt is { } oldest ? $", the oldest for {StatusTables.Age(site.TakenAt - oldest)}" : "")
            + $", {TextFormat.Number(site.Retry)} of them again; {TextFormat.Number(site.Processing)} being sent, "
            + $"{TextFormat.Number(site.Submitted)} submitted, {TextFormat.Number(site.Failed)} failed ({TextFormat.Number(site.FailedToday)} in a day), "
            + $"{TextFormat.Number(site.Completed)} completed");
        Line("circuit", site.Isolated ? "OPEN (isolated)" : site.Circuit);
        Line("credentials", site.CredentialsSince is { } since ? $"since {TextFormat.Utc(since)}" : "none");
        foreach (var rows in report.Rows.GroupBy(row => (row.Status, Code: row.Meaning?.Code)))
            Line("listed", $"{rows.Count()} {rows.Key.Status}{(rows.Key.Code is { } met ? $" {met}" : "")}, as opsmantik row show {rows.First().SaleId}");
        foreach (var batch in report.Ledger.Take(MostBatches))
            Line("batch", $"{TextFormat.Utc(batch.At)}  completed={batch.Completed} failed={batch.Failed} retry={batch.Retry} submitted={batch.Submitted} {batch.Code}".TrimEnd());

        void Line(string what, string said) => console.Verbatim($"{what,-12}{said}");
    }
}
