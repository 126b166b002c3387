using System.Globalization;
using OpsMantik.Core.Status;
using Spectre.Console;

namespace OpsMantik.Cli;

/// <summary>The status for a person; times in UTC.</summary>
internal static class StatusTables
{
    /// <param name="most">Sites to list.</param>
    public static void Print(IAnsiConsole screen, StatusReport report, int most)
    {
        foreach (var total in report.Providers)
        {
            screen.Verbatim(
                $"{total.ProviderKey} at {TimeFormat.Utc(report.TakenAt)}: {Number(total.Waiting)} waiting"
                + (total.OldestAt is { } oldest ? $", the oldest for {Age(report.TakenAt - oldest)}" : "")
                + $"; {Number(total.Processing)} being sent, {Number(total.Submitted)} submitted, {Number(total.Failed)} failed "
                + $"({Number(total.FailedToday)} in a day), {Number(total.Completed)} completed");
        }

        if (report.Providers.Count == 0)
            screen.Verbatim($"No site has had a row yet ({TimeFormat.Utc(report.TakenAt)}).");
        Sites(screen, report, most);
        Circuits(screen, report);
        Failures(screen, report);
        screen.Verbatim(report.Ticks.Count == 0
            ? "No job has ended well yet."
            : "Last good runs: " + string.Join(", ", report.Ticks.Select(tick =>
                $"{tick.Job} {Age(report.TakenAt - tick.EndedAt)} ago")));
    }

    private static void Sites(IAnsiConsole screen, StatusReport report, int most)
    {
        var listed = StatusDocument.Listed(report).ToList();
        if (listed.Count == 0)
            return;
        var table = Table("site", "waiting", "oldest", "retry", "sending", "submitted", "failed", "completed", "needs a person");
        foreach (var site in listed.Take(most))
        {
            table.AddRow(
                site.SiteId.ToString(),
                Number(site.Waiting),
                site.OldestAt is { } oldest ? Age(report.TakenAt - oldest) : "-",
                Number(site.Retry),
                Number(site.Processing),
                Number(site.Submitted),
                Number(site.Failed),
                Number(site.Completed),
                (NeedText.Of(site.Need) + (site.Cause is { } cause ? $": {cause.Code}" : "")).EscapeMarkup());
        }

        screen.Write(table);
        if (listed.Count > most)
            screen.Verbatim($"and {Number(listed.Count - most)} more sites (--sites {listed.Count})");
    }

    private static void Circuits(IAnsiConsole screen, StatusReport report)
    {
        if (report.Circuits.Count == 0)
        {
            screen.Verbatim("All circuits are CLOSED.");
            return;
        }

        var table = Table("circuit of", "state", "failures in a row", "opened", "next probe");
        foreach (var site in report.Circuits)
        {
            table.AddRow(
                site.SiteId.ToString(),
                site.Isolated ? "OPEN (isolated)" : site.Circuit,
                Number(site.Failures),
                TimeFormat.UtcOrDash(site.OpenedAt),
                site.Isolated ? "when closed by hand" : TimeFormat.UtcOrDash(site.NextProbeAt));
        }

        screen.Write(table);
    }

    private static void Failures(IAnsiConsole screen, StatusReport report)
    {
        if (report.LastHour.Count == 0)
        {
            screen.Verbatim("Nothing failed in the last hour.");
            return;
        }

        screen.Verbatim("Failed in the last hour:");
        foreach (var failure in report.LastHour)
        {
            screen.Verbatim(
                $"{Number(failure.Rows),8}  {failure.Category ?? "-"}  {failure.Code ?? "-"}  "
                + $"({failure.Sites} {(failure.Sites == 1 ? "site" : "sites")}): {failure.Meaning.Meaning}");
            screen.Verbatim($"{"",8}  {ResponsibleNames.Of(failure.Meaning.Who)}: {failure.Meaning.Action}");
        }
    }

    private static Table Table(params string[] columns)
    {
        var table = new Table();
        foreach (var column in columns)
            table.AddColumn(new TableColumn(column) { NoWrap = column != columns[^1] });
        return table;
    }

    private static string Number(long number) => number.ToString("N0", CultureInfo.InvariantCulture);

    /// <summary>In the largest unit that says enough.</summary>
    internal static string Age(TimeSpan age) => age switch
    {
        { TotalDays: >= 2 } => string.Create(CultureInfo.InvariantCulture, $"{age.TotalDays:0} d"),
        { TotalHours: >= 2 } => string.Create(CultureInfo.InvariantCulture, $"{age.TotalHours:0} h"),
        { TotalMinutes: >= 2 } => string.Create(CultureInfo.InvariantCulture, $"{age.TotalMinutes:0} min"),
        _ => string.Create(CultureInfo.InvariantCulture, $"{Math.Max(age.TotalSeconds, 0):0} s"),
    };
}

/// <summary>Why a site needs a person, in few words.</summary>
internal static class NeedText
{
    public static string Of(SiteNeed need) => need switch
    {
        SiteNeed.Revoked => "credentials refused",
        SiteNeed.NoCredentials => "no credentials",
        SiteNeed.Parked => "set-up at fault",
        SiteNeed.Failing => "all of the last batch failed",
        SiteNeed.CircuitOpen => "circuit open for over an hour",
        SiteNeed.Isolated => "isolated by hand",
        SiteNeed.Requeue => "failed rows to requeue",
        _ => "",
    };
}
