using OpsMantik.Core.Status;

namespace OpsMantik.Web.StatusPage.Parts;

/// <summary>A site's rows that are not completed.</summary>
internal static class SiteRows
{
    public static Markup Of(SiteReport report) => Markup.Of(
        $"""
        <section aria-labelledby="rows">
        <h2 id="rows">Rows</h2>
        {(report.Rows.Count == 0 ? Markup.Of($"<p class=\"none\">Every sale is sent.</p>") : Table(report))}
        <p class="more">The latest {StatusReader.MaxOfSite} failures, what is under way, and what goes next. Sales that were sent are not listed; the ledger counts them.</p></section>

        """);

    private static Markup Table(SiteReport report)
    {
        HashSet<string> told = [];
        return Tables.Of("rows", ["Status", "Sale", "When", "What happened"], report.Rows.Select(row => Markup.Of(
            $"<tr><td><span class=\"s {row.Status}\">{row.Status}</span></td><td><code class=\"k\">{Words.Short(row.SaleId)}</code></td><td>{When(row, report.State.TakenAt)}</td><td>{What(row, told)}</td></tr>\n")));
    }

    private static Markup When(StatusRow row, DateTime now) =>
        row.Status is "QUEUED" or "RETRY" && row.NextRetryAt > now ? Words.Ago(row.NextRetryAt, now)
        : row.Status is "QUEUED" ? Words.Ago(row.CreatedAt, now)
        : Words.Ago(row.UpdatedAt, now);

    // Each code says only once what to do about it.
    private static Markup What(StatusRow row, HashSet<string> told) =>
        row.Meaning is { } meaning
            ? Tables.Explained(meaning, row.Message == meaning.Code ? null : row.Message, told.Add(meaning.Code))
        : row.RetryCount > 0 ? Markup.Of($"tried {Words.Count(row.RetryCount, "time")}")
        : Markup.Empty;
}
