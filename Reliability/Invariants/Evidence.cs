using System.Globalization;
using System.Text.Json;
using OpsMantik.Local.GoogleEmulator;
using OpsMantik.Testbed;

namespace OpsMantik.Reliability.Invariants;

/// <summary>What a scenario left behind: the database with its audit, and the emulator's record of what it got.</summary>
/// <param name="Rows">Every row of the queue by order id.</param>
/// <param name="Sent">Every conversion that arrived, each way to Google in order of arrival.</param>
/// <param name="Orders">Every order id that arrived, with how often it was counted.</param>
internal sealed record Evidence(
    TestbedDatabase Database,
    IReadOnlyDictionary<string, QueueRow> Rows,
    IReadOnlyList<SentRow> Sent,
    IReadOnlyList<OrderCount> Orders)
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
                reader.GetString(4), reader.GetInt32(5), reader.GetInt32(6));
            rows.Add(row.SaleId.ToString(), row);
        }

        return new Evidence(database, rows, [.. google.Calls.SelectMany(Read), .. google.IngestCalls.SelectMany(Read)], google.Orders);
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
                DateTimeOffset.Parse(row.GetProperty("conversionDateTime").GetString()!, CultureInfo.InvariantCulture));
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
                row.GetProperty("eventTimestamp").GetDateTimeOffset());
        }
    }
}
