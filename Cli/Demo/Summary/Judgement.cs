using OpsMantik.Cli.Sales;

namespace OpsMantik.Cli.Demo.Summary;

/// <summary>Compares where a sale ended with where the sample says it must.</summary>
internal static class Judgement
{
    // The retry policy waits up to a tenth longer than it says; the rest covers rounding.
    private const double LongestShare = 1.1;
    private static readonly TimeSpan Rounding = TimeSpan.FromSeconds(1);

    public static IReadOnlyList<Deviation> Of(
        IReadOnlyList<DemoSale> sales, IReadOnlyDictionary<Guid, QueueRow> rows) =>
        [.. sales.Select(sale => Of(sale.Sample, rows.GetValueOrDefault(sale.Id))).OfType<Deviation>()];

    /// <returns>Null when the row is as expected.</returns>
    public static Deviation? Of(SampleSale sale, QueueRow? row)
    {
        var expected = sale.Expected;
        return row is not null
            && row.Status == expected.Status
            && row.Code == expected.Code
            && row.RetryCount == expected.RetryCount
            && IsAsLong(row.Wait, expected.Wait)
            ? null
            : new Deviation(
                sale.Line,
                sale.ExternalRef,
                Words(expected.Status, expected.Code, expected.RetryCount, expected.Wait),
                row is null ? "not in the queue" : Words(row.Status, row.Code, row.RetryCount, row.Wait));
    }

    private static bool IsAsLong(TimeSpan? wait, TimeSpan? expected) => (wait, expected) switch
    {
        (null, null) => true,
        ({ } got, { } least) => got >= least - Rounding && got <= least * LongestShare + Rounding,
        _ => false,
    };

    private static string Words(string status, string? code, int retryCount, TimeSpan? wait) =>
        $"{status}{(code is null ? "" : $" {code}")}, retry_count {retryCount}"
        + (wait is { } pause ? $", again in {pause.TotalMinutes:0.#} min" : "");
}
