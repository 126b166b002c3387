namespace OpsMantik.Cli.Demo.Summary;

/// <param name="Submitted">Rows that still wait for their confirmation: none when all is well.</param>
/// <param name="Open">Rows still queued or being processed: none when all is well.</param>
internal sealed record SiteSummary(
    string Site,
    Guid SiteId,
    int Completed,
    int Submitted,
    IReadOnlyList<Reason> Retry,
    IReadOnlyList<Reason> Failed,
    int Open,
    string Circuit)
{
    public static SiteSummary From(DemoSite site, IReadOnlyList<QueueRow> rows, string? circuit) => new(
        site.Name,
        site.Id,
        rows.Count(row => row.Status == "COMPLETED"),
        rows.Count(row => row.Status == "SUBMITTED"),
        Reasons(rows, "RETRY"),
        Reasons(rows, "FAILED"),
        rows.Count(row => row.Status is "QUEUED" or "PROCESSING"),
        circuit ?? "CLOSED");

    private static IReadOnlyList<Reason> Reasons(IReadOnlyList<QueueRow> rows, string status) =>
    [
        .. rows.Where(row => row.Status == status)
            .GroupBy(row => row.Code ?? "(no code)")
            .Select(alike => new Reason(alike.Key, alike.Count(), alike.Min(row => row.NextRetryAt)))
            .OrderByDescending(reason => reason.Count)
            .ThenBy(reason => reason.Code, StringComparer.Ordinal),
    ];
}
