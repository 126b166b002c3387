using System.Text.Json;

namespace OpsMantik.Cli.Demo.Summary;

/// <summary>What the demo did; its JSON is what <c>--json</c> prints. No secrets.</summary>
/// <param name="Ok">Every sale ended as the sample says.</param>
internal sealed record DemoSummary(
    bool Ok,
    Uri Url,
    int Sales,
    UploadCounts Upload,
    ConfirmCounts Confirm,
    IReadOnlyList<SiteSummary> Sites,
    IReadOnlyList<Deviation> Deviations)
{
    public static DemoSummary From(
        Uri url,
        UploadCounts upload,
        ConfirmCounts confirm,
        IReadOnlyList<DemoSite> sites,
        IReadOnlyList<DemoSale> sales,
        IReadOnlyDictionary<Guid, QueueRow> rows,
        IReadOnlyDictionary<Guid, string> circuits)
    {
        var deviations = Judgement.Of(sales, rows);
        var rowsOf = sales.Where(sale => rows.ContainsKey(sale.Id)).ToLookup(sale => sale.Site, sale => rows[sale.Id]);
        return new DemoSummary(
            deviations.Count == 0,
            url,
            sales.Count,
            upload,
            confirm,
            [.. sites.Select(site => SiteSummary.From(site, [.. rowsOf[site]], circuits.GetValueOrDefault(site.Id)))],
            deviations);
    }

    /// <summary>One line.</summary>
    public string ToJson() => JsonSerializer.Serialize(this, SummaryJson.Default.DemoSummary);
}
