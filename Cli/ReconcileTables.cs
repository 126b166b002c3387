using System.Globalization;
using OpsMantik.Core.Reconciliation;
using OpsMantik.Core.Sites;
using Spectre.Console;

namespace OpsMantik.Cli;

/// <summary>What was sent and counted, for a person.</summary>
internal static class ReconcileTables
{
    private const string Bars = " ▁▂▃▄▅▆▇█";
    private const int MostListed = 5;

    public static void Print(IAnsiConsole console, IReadOnlyList<SiteCounts> sites, SiteNames names, bool detailed)
    {
        if (detailed)
        {
            foreach (var site in sites)
                Site(console, site, names);
            return;
        }

        if (sites.Count == 0)
        {
            console.Verbatim("No site has active credentials.");
            return;
        }

        var table = new Table();
        foreach (var column in (string[])["site", "accepted", "counted", "%", "pending", "missing", "verdict"])
            table.AddColumn(new TableColumn(column) { NoWrap = column != "verdict" });
        foreach (var site in sites)
        {
            var known = site.Comparison.Verdict != CountVerdict.NotComparable;
            table.AddTextRow(
                names.Show(site.Site.SiteId),
                TextFormat.Number(site.Comparison.Accepted),
                TextFormat.Number(site.Comparison.Counted),
                known ? Percent(site.Comparison) : "-",
                TextFormat.Number(site.Comparison.Pending),
                TextFormat.Number(site.Comparison.Missing),
                Sentence(site));
        }

        console.Write(table);
    }

    /// <summary>As it is stored, for a program.</summary>
    public static string Verdict(CountVerdict verdict) => verdict switch
    {
        CountVerdict.Agrees => "agrees",
        CountVerdict.Fewer => "fewer",
        _ => "not_comparable",
    };

    private static void Site(IAnsiConsole console, SiteCounts counts, SiteNames names)
    {
        var (site, comparison) = (counts.Site, counts.Comparison);
        console.Verbatim($"site        {site.SiteId}{(names.TitleOf(site.SiteId) is { } title ? $" {title}" : "")}");
        if (site.ReconciledAt is { } at)
        {
            console.Verbatim($"account     {site.AccountId}, action {site.ActionId}");
            console.Verbatim($"days        {Day(comparison.From)} to {Day(comparison.To)}, {site.TimeZone}; Google said so {TextFormat.Utc(at)}");
            console.Verbatim($"accepted    {TextFormat.Number(comparison.Accepted)}");
            console.Verbatim(
                $"counted     {TextFormat.Number(comparison.Counted)}"
                + (comparison.Accepted > 0 ? $" ({Percent(comparison)} %)" : "")
                + $", {TextFormat.Number(comparison.Pending)} pending");
        }

        console.Verbatim($"verdict     {Sentence(counts)}");
        if (site.FaultCode is not null)
            console.Verbatim($"no answer   {TextFormat.Utc(site.AttemptedAt)}: {site.FaultCode}. {site.FaultMessage}".TrimEnd());
        if (site.Cause is { } cause)
        {
            console.Verbatim($"meaning     {cause.Meaning}");
            console.Verbatim($"{TextFormat.Name(cause.Who),-11} {cause.Action}");
        }

        Chart(console, counts.Days);
        foreach (var batch in site.Batches.Take(MostListed))
        {
            console.Verbatim(
                $"batch       {batch.BatchId}, {TextFormat.Utc(batch.At)}: {batch.Accepted} accepted, {batch.Counted} counted, "
                + $"{batch.Failed} failed, {batch.Pending} pending");
        }

        foreach (var action in site.Actions.Take(MostListed))
        {
            console.Verbatim(
                $"Google      {action.ActionId} \"{action.Name}\", {action.Client ?? "no client"}, {action.Status}: "
                + $"{action.Counted} of {action.Total} counted, {action.Pending} pending"
                + string.Concat(action.Alerts.Select(alert => string.Create(CultureInfo.InvariantCulture, $"; {alert.Error} {alert.Share:P0}"))));
        }
    }

    // One character a day; both lines on one scale. A dot: Google told nothing of the day.
    private static void Chart(IAnsiConsole console, IReadOnlyList<ReconciledDay> days)
    {
        var highest = days.Count == 0 ? 0 : days.Max(day => Math.Max(day.Accepted, day.Counted ?? 0));
        if (highest == 0)
            return;
        char Bar(long? value) => value is not { } known ? '·' : Bars[(int)Math.Ceiling((double)known / highest * (Bars.Length - 1))];
        console.Verbatim($"by day      {Day(days[0].Day)} to {Day(days[^1].Day)}, at most {TextFormat.Number(highest)}");
        console.Verbatim($"  accepted  {string.Concat(days.Select(day => Bar(day.Accepted)))}");
        console.Verbatim($"  counted   {string.Concat(days.Select(day => Bar(day.Counted)))}");
    }

    private static string Sentence(SiteCounts counts) => counts.Comparison switch
    {
        { Verdict: CountVerdict.Agrees } => "agrees",
        { Verdict: CountVerdict.Fewer, NeedsPerson: true } fewer => $"{TextFormat.Number(fewer.Missing)} fewer: {fewer.Reason}",
        { Verdict: CountVerdict.Fewer } fewer => $"agrees but for {TextFormat.Number(fewer.Missing)} ({fewer.Reason})",
        { Reason: NotComparableReason.DataManager } => "not comparable: uploads by Data Manager alone, which Google shows nowhere it states",
        { Reason: NotComparableReason.NoUpload } => "not comparable: no upload in these days",
        { Reason: NotComparableReason.NoPermission } => $"not comparable: no permission ({counts.Site.FaultCode})",
        _ => $"not comparable: no answer yet{(counts.Site.FaultCode is { } code ? $" ({code})" : "")}",
    };

    private static string Percent(CountComparison comparison) => comparison.Accepted == 0
        ? "-"
        : string.Create(CultureInfo.InvariantCulture, $"{Math.Floor(1000.0 * comparison.Counted / comparison.Accepted) / 10:0.0}");

    private static string Day(DateOnly day) => day.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);
}
