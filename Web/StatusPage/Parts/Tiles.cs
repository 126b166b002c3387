using OpsMantik.Core.Status;

namespace OpsMantik.Web.StatusPage.Parts;

/// <summary>The few numbers that one looks at first.</summary>
internal static class Tiles
{
    // The upload runs every ten minutes; the alert of the same name comes at 25.
    private static readonly TimeSpan LateTick = TimeSpan.FromMinutes(25);

    public static Markup Of(StatusReport report)
    {
        var totals = report.Providers;
        var oldest = totals.Min(provider => provider.OldestAt);
        var open = report.Circuits.Count;
        var tick = report.Ticks.FirstOrDefault(tick => tick.Job == WorkerTicks.Upload)?.EndedAt;
        return List(
        [
            Tile("Waiting", Words.Number(totals.Sum(provider => provider.Waiting)), ""),
            Tile("Oldest has waited", oldest is { } at ? Words.Span(report.TakenAt - at) : "–", ""),
            Tile("Sent in 24 hours", Words.Number(report.Hours.Sum(hour => hour.Completed)), ""),
            Tile("Failed in 24 hours", Words.Number(report.Hours.Sum(hour => hour.Failed)), ""),
            Tile("Paused sites", Words.Number(open), open > 0 ? "warn" : ""),
            Tile(
                "Last upload run",
                tick is { } ended ? $"{Words.Span(report.TakenAt - ended)} ago" : "none yet",
                report.TakenAt - tick > LateTick ? "bad" : ""),
        ]);
    }

    public static Markup Of(SiteState site) => List(
    [
        Tile("Waiting", Words.Number(site.Waiting), ""),
        Tile("Oldest has waited", site.OldestAt is { } at ? Words.Span(site.TakenAt - at) : "–", ""),
        Tile("Under way", Words.Number(site.Processing + site.Submitted), ""),
        Tile("Sent in all", Words.Number(site.Completed), ""),
        Tile("Failed", Words.Number(site.Failed), site.Failed > 0 ? "warn" : ""),
        Tile("Circuit", Words.Circuit(site), site.Circuit == "CLOSED" ? "" : "warn"),
        Tile(
            "Credentials",
            site.CredentialsSince is { } since ? $"{Words.Span(site.TakenAt - since)} old" : "none",
            site.CredentialsSince is null ? "bad" : ""),
    ]);

    private static Markup List(IEnumerable<Markup> tiles) => Markup.Of($"<dl class=\"tiles\">{Markup.Join(tiles)}</dl>\n");

    private static Markup Tile(string name, string value, string kind) =>
        Markup.Of($"<div class=\"{kind}\"><dt>{name}</dt><dd>{value}</dd></div>");
}
