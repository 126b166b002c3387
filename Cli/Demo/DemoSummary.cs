using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization;
using Spectre.Console;

namespace OpsMantik.Cli.Demo;

/// <summary>What the demo did; its JSON is what <c>--json</c> prints. No secrets.</summary>
/// <param name="Ok">Every sale ended as the sample says.</param>
internal sealed record DemoSummary(
    bool Ok,
    Uri Url,
    int Sales,
    UploadCounts Upload,
    ConfirmCounts Confirm,
    IReadOnlyList<SiteSummary> Sites,
    IReadOnlyList<ChangedSale> Changed,
    IReadOnlyList<Mismatch> Deviations)
{
    public static DemoSummary From(
        Uri url,
        UploadCounts upload,
        ConfirmCounts confirm,
        IReadOnlyList<DemoSite> sites,
        IReadOnlyList<DemoSale> sales,
        IReadOnlyDictionary<Guid, QueueRow> rows,
        IReadOnlyDictionary<Guid, string> circuits,
        IReadOnlyList<ChangedSale> changed)
    {
        var inQueue = ExpectationCheck.Compare(sales, rows);
        var atGoogle = changed.Select(sale => sale.Mismatch).OfType<Mismatch>();
        Mismatch[] mismatches = [.. inQueue, .. atGoogle.ExceptBy(inQueue.Select(one => one.Line), one => one.Line)];
        var rowsOf = sales.Where(sale => rows.ContainsKey(sale.Id)).ToLookup(sale => sale.Site, sale => rows[sale.Id]);
        return new DemoSummary(
            mismatches.Length == 0,
            url,
            sales.Count,
            upload,
            confirm,
            [.. sites.Select(site => SiteSummary.From(site, [.. rowsOf[site]], circuits.GetValueOrDefault(site.Id)))],
            changed,
            mismatches);
    }

    /// <summary>One line.</summary>
    public string ToJson() => JsonSerializer.Serialize(this, SummaryJson.Default.DemoSummary);
}

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
            .Select(group => new Reason(group.Key, group.Count(), group.Min(row => row.NextRetryAt)))
            .OrderByDescending(reason => reason.Count)
            .ThenBy(reason => reason.Code, StringComparer.Ordinal),
    ];
}

/// <summary>Compares where a sale ended with where the sample says it must.</summary>
internal static class ExpectationCheck
{
    // The retry policy waits up to a tenth longer than it says; the rest covers rounding.
    private const double MaxJitterFactor = 1.1;
    private static readonly TimeSpan Rounding = TimeSpan.FromSeconds(1);

    public static IReadOnlyList<Mismatch> Compare(
        IReadOnlyList<DemoSale> sales, IReadOnlyDictionary<Guid, QueueRow> rows) =>
        [.. sales.Select(sale => Compare(sale.Sample, rows.GetValueOrDefault(sale.Id))).OfType<Mismatch>()];

    /// <returns>Null when the row is as expected.</returns>
    public static Mismatch? Compare(SampleSale sale, QueueRow? row)
    {
        var expected = sale.Expected;
        return row is not null
            && row.Status == expected.Status
            && row.Code == expected.Code
            && row.RetryCount == expected.RetryCount
            && IsWithinTolerance(row.Wait, expected.Wait)
            && row.Correction == sale.Change?.Correction
            ? null
            : new Mismatch(
                sale.Line,
                sale.ExternalRef,
                Describe(expected.Status, expected.Code, expected.RetryCount, expected.Wait, sale.Change?.Correction),
                row is null ? "not in the queue" : Describe(row.Status, row.Code, row.RetryCount, row.Wait, row.Correction));
    }

    private static bool IsWithinTolerance(TimeSpan? wait, TimeSpan? expected) => (wait, expected) switch
    {
        (null, null) => true,
        ({ } actual, { } min) => actual >= min - Rounding && actual <= min * MaxJitterFactor + Rounding,
        _ => false,
    };

    private static string Describe(string status, string? code, int retryCount, TimeSpan? wait, string? correction) =>
        $"{status}{(code is null ? "" : $" {code}")}, retry_count {retryCount}"
        + (wait is { } pause ? $", again in {pause.TotalMinutes:0.#} min" : "")
        + (correction is null ? "" : $", correction {correction}");
}

/// <summary>A sale that did not end as its line of the sample file says.</summary>
internal sealed record Mismatch(int Line, string ExternalRef, string Expected, string Got);

/// <summary>Rows that ended alike, and why.</summary>
/// <param name="NextRetryAt">The earliest of their next tries; null when they have none.</param>
internal sealed record Reason(string Code, int Count, DateTimeOffset? NextRetryAt);

/// <summary>The summary for people: one row per site, and the first sales that did not end as expected.</summary>
internal static class DemoSummaryTable
{
    private const int MaxMismatchesShown = 10;

    public static void Write(IAnsiConsole console, DemoSummary summary, DateTimeOffset now)
    {
        var table = new Table().AddColumn("Site").AddColumn(new TableColumn("Completed").RightAligned())
            .AddColumn("Retry (when)").AddColumn("Failed (why)").AddColumn("Circuit");
        foreach (var site in summary.Sites)
        {
            table.AddTextRow(
                site.Site,
                site.Completed.ToString(CultureInfo.InvariantCulture),
                Lines(site.Retry, reason => $"{reason.Count} x {reason.Code}{When(reason.NextRetryAt, now)}"),
                Lines(site.Failed, reason => $"{reason.Count} x {reason.Code}"),
                site.Circuit + (site.Open == 0 ? "" : $", {site.Open} rows still open")
                + (site.Submitted == 0 ? "" : $", {site.Submitted} rows still submitted"));
        }

        console.Write(table);
        var changed = new Table().AddColumn("Changed sale").AddColumn("Change").AddColumn("Google has");
        foreach (var sale in summary.Changed)
            changed.AddTextRow(sale.ExternalRef, sale.Change, sale.AtGoogle);
        console.Write(changed);
        WriteResult(console, summary);
    }

    private static void WriteResult(IAnsiConsole console, DemoSummary summary)
    {
        if (summary.Ok)
        {
            console.MarkupLineInterpolated($"[green]All {summary.Sales} sales ended as the sample file says.[/]");
            return;
        }

        console.MarkupLineInterpolated(
            $"[red]{summary.Deviations.Count} of {summary.Sales} sales did not end as the sample file says:[/]");
        foreach (var (line, reference, expected, got) in summary.Deviations.Take(MaxMismatchesShown))
            console.Verbatim($"  line {line} ({reference}): expected {expected}; got {got}");
        if (summary.Deviations.Count > MaxMismatchesShown)
            console.Verbatim($"  and {summary.Deviations.Count - MaxMismatchesShown} more");
    }

    private static string Lines(IReadOnlyList<Reason> reasons, Func<Reason, string> format) =>
        reasons.Count == 0 ? "-" : string.Join('\n', reasons.Select(format));

    private static string When(DateTimeOffset? at, DateTimeOffset now)
    {
        if (at is not { } time)
            return "";
        var minutes = Math.Max(0, Math.Round((time - now).TotalMinutes));
        var wait = minutes < 60 ? $"{minutes} min" : $"{minutes / 60:0.#} h";
        return $" in {wait} ({time.ToUniversalTime():HH:mm} UTC)";
    }
}

[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(DemoSummary))]
internal sealed partial class SummaryJson : JsonSerializerContext;
