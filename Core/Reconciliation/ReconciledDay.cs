using System.Buffers.Binary;
using System.Text.Json;
using System.Text.Json.Serialization;
using OpsMantik.Core.Providers;

namespace OpsMantik.Core.Reconciliation;

/// <summary>One day of a site's uploads to one conversion action, in the zone of its account: what we sent, what was counted.</summary>
/// <param name="Sent">Rows of the uploads that ended, those that our own checks held back among them.</param>
/// <param name="Accepted">Conversions that the provider took at once.</param>
/// <param name="Confirmed">Conversions that it took earlier and confirmed on this day (Data Manager).</param>
/// <param name="Recent">Of the accepted ones, those too young to be compared.</param>
/// <param name="Counted">Null, as the next two, where the provider told nothing of the day.</param>
/// <param name="Alerts">The provider's errors by their share of the day.</param>
public sealed record ReconciledDay(
    DateOnly Day,
    long Sent,
    long Accepted,
    long Confirmed,
    long Recent,
    long? Counted,
    long? Failed,
    long? Pending,
    IReadOnlyList<CountAlert> Alerts)
{
    private const int MostAlerts = 20;

    /// <summary>Our own counts of a day beside those of the account's answer.</summary>
    /// <param name="told">What the provider says of the site's own action: of the day all clients together.</param>
    internal static ReconciledDay Of(DateOnly day, OwnCounts ours, IReadOnlyList<ActionCounts> told)
    {
        var counts = told.SelectMany(action => action.Days).Where(count => count.Day == day).ToList();
        return new ReconciledDay(
            day,
            ours.Sent,
            ours.Accepted,
            ours.Confirmed,
            ours.Recent,
            counts.Count == 0 ? null : counts.Sum(count => count.Counted),
            counts.Count == 0 ? null : counts.Sum(count => count.Failed),
            counts.Count == 0 ? null : counts.Sum(count => count.Pending),
            [
                .. told.Where(action => action.LastUploadDay == day).SelectMany(action => action.Alerts)
                    .OrderByDescending(alert => alert.Share).Take(MostAlerts),
            ]);
    }
}

/// <summary>What we sent on a day, by the ledger; the members are those of <see cref="ReconciledDay"/>.</summary>
internal sealed record OwnCounts(long Sent, long Accepted, long Confirmed, long Recent);

/// <summary>An upload of which the provider counted fewer than it took.</summary>
/// <param name="BatchId">As in the ledger.</param>
/// <param name="At">When it ended, UTC.</param>
public sealed record ReconciledBatch(string BatchId, DateTime At, long JobId, long Accepted, long Counted, long Failed, long Pending)
{
    public long Missing => Accepted - Counted - Pending;
}

/// <summary>A conversion action and a client that the provider tells of, without its days.</summary>
public sealed record ToldAction(
    string ActionId,
    string? Name,
    string? Client,
    string? Status,
    DateOnly? LastUploadDay,
    long Total,
    long Counted,
    long Pending,
    IReadOnlyList<CountAlert> Alerts)
{
    internal static ToldAction Of(ActionCounts action) => new(
        action.ActionId, action.Name, action.Client, action.Status, action.LastUploadDay, action.Total, action.Counted,
        action.Pending, action.Alerts);
}

/// <summary>The columns of jsonb.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower)]
[JsonSerializable(typeof(IReadOnlyList<CountAlert>))]
[JsonSerializable(typeof(IReadOnlyList<ToldAction>))]
[JsonSerializable(typeof(IReadOnlyList<ReconciledBatch>))]
internal sealed partial class ReconciliationJson : JsonSerializerContext
{
    public static string Write(IReadOnlyList<CountAlert> alerts) => JsonSerializer.Serialize(alerts, Default.IReadOnlyListCountAlert);

    public static IReadOnlyList<CountAlert> ReadAlerts(string json) => JsonSerializer.Deserialize(json, Default.IReadOnlyListCountAlert) ?? [];
}

/// <summary>
/// The number that an upload is sent under, from the claim and the site: the ledger's line has both, so that no column and no
/// round trip is needed to find it again. Every claim is another upload, a resend too, so it has another number. Claims are
/// random; of 4,000 uploads in 28 days of one account, two share a number with a chance of 0.4 %.
/// </summary>
internal static class JobIds
{
    /// <returns>1 to 2,147,483,647. <c>Sql/Batches.sql</c> has the same.</returns>
    /// <param name="claim">The <c>batch_id</c> of the ledger. One claim may hold several sites.</param>
    public static int Of(Guid claim, Guid site) => Math.Max((First(claim) ^ First(site)) & int.MaxValue, 1);

    // As a UUID is written: its first eight digits.
    private static int First(Guid id)
    {
        Span<byte> bytes = stackalloc byte[16];
        id.TryWriteBytes(bytes, bigEndian: true, out _);
        return BinaryPrimitives.ReadInt32BigEndian(bytes);
    }
}
