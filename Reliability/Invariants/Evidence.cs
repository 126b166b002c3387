using System.Globalization;
using System.Text.Json;
using OpsMantik.Local.GoogleEmulator;
using OpsMantik.Testbed;

namespace OpsMantik.Reliability.Invariants;

/// <summary>What a scenario left behind: the database with its audit, and the emulator's record of what it got.</summary>
/// <param name="Rows">Every row of the queue by order id, deleted ones too.</param>
/// <param name="Sent">Every conversion that arrived, each way to Google in order of arrival.</param>
/// <param name="Orders">Every order id that arrived, with how often it was counted.</param>
/// <param name="Conversions">What Google counts in the end, by order id.</param>
internal sealed record Evidence(
    TestbedDatabase Database,
    IReadOnlyDictionary<string, QueueRow> Rows,
    IReadOnlyList<SentRow> Sent,
    IReadOnlyList<OrderCount> Orders,
    ILookup<string, ConversionState> Conversions)
{
    private static readonly string RowsSql = InvariantSql.Load("Rows");

    public static async Task<Evidence> GatherAsync(TestbedDatabase database, GoogleEmulator google)
    {
        var rows = new Dictionary<string, QueueRow>();
        await using var command = database.Admin.CreateCommand(RowsSql);
        await using var reader = await command.ExecuteReaderAsync();
        while (await reader.ReadAsync())
        {
            var row = new QueueRow(
                reader.GetGuid(0), reader.GetGuid(1), reader.GetString(2), reader.GetFieldValue<DateTimeOffset>(3),
                reader.GetString(4), reader.GetInt32(5), reader.GetInt32(6), reader.IsDBNull(7) ? null : reader.GetString(7),
                reader.GetBoolean(8), reader.IsDBNull(9) ? null : reader.GetDecimal(9), reader.GetBoolean(10),
                reader.GetInt32(11));
            rows.Add(row.SaleId.ToString(), row);
        }

        return new Evidence(database, rows, [.. google.Calls.SelectMany(Read), .. google.IngestCalls.SelectMany(Read)], google.Orders,
            google.Conversions.ToLookup(conversion => conversion.OrderId ?? "none"));
    }

    private static IEnumerable<SentRow> Read(UploadCall call, int place)
    {
        using var body = JsonDocument.Parse(call.Body);
        foreach (var row in body.RootElement.GetProperty("conversions").EnumerateArray())
        {
            yield return new SentRow(
                place,
                call.CustomerId,
                call.RefreshToken,
                call.Status == 401,
                row.TryGetProperty("orderId", out var order) ? order.GetString()! : "none",
                row.GetProperty("gclid").GetString()!,
                DateTimeOffset.Parse(row.GetProperty("conversionDateTime").GetString()!, CultureInfo.InvariantCulture),
                IsEvent: false);
        }
    }

    private static IEnumerable<SentRow> Read(IngestCall call, int place)
    {
        using var body = JsonDocument.Parse(call.Body);
        foreach (var row in body.RootElement.GetProperty("events").EnumerateArray())
        {
            yield return new SentRow(
                place,
                call.CustomerId,
                call.Owner,
                call.Status == 401,
                row.TryGetProperty("transactionId", out var order) ? order.GetString()! : "none",
                row.GetProperty("adIdentifiers").GetProperty("gclid").GetString()!,
                row.GetProperty("eventTimestamp").GetDateTimeOffset(),
                IsEvent: true);
        }
    }
}

/// <summary>Rows and conversions counted at Google, held against each other; each list holds order ids.</summary>
/// <param name="Lost">Rows that are not COMPLETED, or are without ever having been counted.</param>
/// <param name="Unexpected">Counted without a row, or more than once.</param>
/// <param name="Duplicated">Rows that arrived more than once.</param>
/// <param name="Recovered">Rows that a claim left without an outcome, or that waited for another try, and are COMPLETED.</param>
internal sealed record Effects(
    IReadOnlyList<string> Lost,
    IReadOnlyList<string> Unexpected,
    IReadOnlyList<string> Duplicated,
    IReadOnlyList<string> Recovered)
{
    public static Effects Of(Evidence evidence)
    {
        var counted = evidence.Orders.ToLookup(order => order.OrderId);
        return new Effects(
            [.. evidence.Rows
                .Where(row => row.Value.Status != QueueRow.Deleted && row.Value is not { Status: "FAILED", Code: "SALE_CANCELED" })
                .Where(row => row.Value.Status != "COMPLETED" || !counted[row.Key].Any(order => order.Counted > 0))
                .Select(row => row.Key)],
            [.. counted
                .Where(orders => orders.Sum(order => order.Counted) > (evidence.Rows.ContainsKey(orders.Key) ? 1 : 0))
                .Select(orders => orders.Key)],
            [.. counted.Where(orders => orders.Sum(order => order.Deliveries) > 1).Select(orders => orders.Key)],
            [.. evidence.Rows.Where(row => row.Value is { Claims: > 1, Status: "COMPLETED" }).Select(row => row.Key)]);
    }
}

/// <summary>A row of the queue after a scenario.</summary>
/// <param name="SaleId">Its order id at Google.</param>
/// <param name="Claims">How often it was claimed, claims that a failover lost among them.</param>
/// <param name="IsCanceled">Its sale is.</param>
/// <param name="Value">Of its sale, in units of the currency; null when it is deleted.</param>
/// <param name="CorrectionFailed">A correction to the sale's state, or of one confirmed after its retraction, ended as FAILED.</param>
/// <param name="CorrectionClaims">Claims of its corrections that may have led to a sending.</param>
/// <param name="LeftBehind">How often a claim ended without an outcome: released or recovered.</param>
internal sealed record QueueRow(
    Guid SiteId, Guid SaleId, string ClickId, DateTimeOffset Time, string Status, int Claims, int LeftBehind,
    string? Code, bool IsCanceled, decimal? Value, bool CorrectionFailed, int CorrectionClaims)
{
    /// <summary>The status of one that went with its sale or site: it need not have had its effect, and may have.</summary>
    public const string Deleted = "DELETED";
}

/// <summary>A conversion in a request that reached the emulator, counted or not.</summary>
/// <param name="Request">The request's place in the order of arrival.</param>
/// <param name="IsEvent">Of Data Manager.</param>
/// <param name="TurnedAway">The request was answered 401: Google took nothing of it.</param>
internal sealed record SentRow(
    int Request, string CustomerId, string? RefreshToken, bool TurnedAway, string OrderId, string ClickId,
    DateTimeOffset Time, bool IsEvent);
