using System.Collections.Concurrent;
using System.Data.Common;
using Microsoft.Extensions.Logging;
using Npgsql;
using NpgsqlTypes;
using OpsMantik.Core.Database;
using OpsMantik.Core.Vault;

namespace OpsMantik.Core.Queue;

/// <summary>
/// The store of <c>offline_conversion_queue</c>. Every method but recovery, which goes by chunks, is one round trip; none
/// leaves a transaction open.
/// </summary>
internal sealed partial class ConversionQueue(NpgsqlDataSource database, Random random, ILogger<ConversionQueue> logger)
    : IConversionQueue, IDisposable
{
    private const int IsolatedTimeoutSeconds = 2;

    // Beyond this it is the table that is refused, not single rows or sites.
    private const int MostRefusedClaims = 5;

    internal static readonly string IsolatedSql = SqlText.Load("Queue.Sql.Isolated");

    // Per provider. The first start is random, so that workers do not crowd the same sites.
    private readonly ConcurrentDictionary<string, ClaimCursor> _cursors = [];

    // One claim at a time in this process. Two concurrent ones would start at the same group; the second would find all rows
    // locked and take that for an empty queue.
    private readonly SemaphoreSlim _claimLock = new(1, 1);

    public async Task<IReadOnlyList<ClaimedGroup>> ClaimAsync(ClaimRequest request, CancellationToken cancellationToken)
    {
        await _claimLock.WaitAsync(cancellationToken);
        try
        {
            return await ClaimLockedAsync(request, cancellationToken);
        }
        finally
        {
            _claimLock.Release();
        }
    }

    private async Task<IReadOnlyList<ClaimedGroup>> ClaimLockedAsync(ClaimRequest request, CancellationToken cancellationToken)
    {
        var cursor = _cursors.GetOrAdd(request.ProviderKey, _ => new ClaimCursor(NextGuid(), default, default));
        for (var attempt = 0; ; attempt++)
        {
            try
            {
                return await ClaimOnceAsync(request, cursor, defer: attempt == 0, cancellationToken);
            }
            catch (PostgresException exception) when (DatabaseErrors.IsRefusal(exception) && attempt < MostRefusedClaims)
            {
                // It may be the deferring, of which no other row depends: rows of an open circuit stay where they are without it.
                if (attempt > 0 && !await RefusedClaim.EndAsync(database, request, cursor.Start, logger, cancellationToken))
                    throw;
            }
        }
    }

    private async Task<IReadOnlyList<ClaimedGroup>> ClaimOnceAsync(
        ClaimRequest request, ClaimCursor cursor, bool defer, CancellationToken cancellationToken)
    {
        var token = NextGuid();
        var from = cursor.From(request.RunId);
        await using var batch = Claim.CreateBatch(database, request, token, cursor.Start, from);
        if (!defer)
            batch.BatchCommands.RemoveAt(0);
        await using var reader = await batch.ExecuteReaderAsync(cancellationToken);
        var (groups, oldest) = await Claim.ReadAsync(reader, request.ProviderKey, token, cancellationToken);
        // To the end of the batch: if its last command fails, nothing was claimed.
        while (await reader.NextResultAsync(cancellationToken))
        {
        }

        if (groups.Count > 0)
            _cursors[request.ProviderKey] = new ClaimCursor(LastInScanOrder(groups, cursor.Start), request.RunId, oldest ?? from);
        return groups;
    }

    public async Task<IReadOnlySet<Guid>> ReadIsolatedAsync(string providerKey, CancellationToken cancellationToken)
    {
        await using var command = database.CreateCommand(IsolatedSql);
        command.CommandTimeout = IsolatedTimeoutSeconds;
        command.Parameters.Add(new NpgsqlParameter<string> { TypedValue = providerKey });
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        var sites = new HashSet<Guid>();
        while (await reader.ReadAsync(cancellationToken))
            sites.Add(reader.GetGuid(0));
        return sites;
    }

    public void Dispose() => _claimLock.Dispose();

    // Ascending from behind the start, then from the beginning up to it: the order of the ring in Claim.sql.
    private static Guid LastInScanOrder(IReadOnlyList<ClaimedGroup> groups, Guid start) =>
        (groups.LastOrDefault(group => group.SiteId <= start) ?? groups[^1]).SiteId;

    private Guid NextGuid()
    {
        Span<byte> bytes = stackalloc byte[16];
        random.NextBytes(bytes);
        return new Guid(bytes);
    }
}

/// <summary>The claim's three statements, sent as one batch: one round trip, one implicit transaction.</summary>
internal static class Claim
{
    /// <summary>
    /// How long a claim may be acted on. Well under the recovery age (15 minutes by default), so that what is recovered
    /// is no longer about to be sent; a probe's lease lasts as long.
    /// </summary>
    public static readonly TimeSpan Lease = TimeSpan.FromMinutes(10);

    // Bounds the work of one claim while a provider is down everywhere; the rest is deferred by the next claims.
    private const int MaxDeferred = 10_000;

    public static readonly string Sql = SqlText.Load("Queue.Sql.Claim");
    public static readonly string DeferSql = SqlText.Load("Queue.Sql.DeferOpenCircuits");
    public static readonly string FreeEmptyProbesSql = SqlText.Load("Queue.Sql.FreeEmptyProbes");

    // In the order of the statement's columns.
    private const int FirstOfJob = 4;
    private const int OldestDueAt = 17;
    private const int OldestCreatedAt = 18;

    /// <param name="start">The group after which the scan begins.</param>
    /// <param name="from">Before which no row waits.</param>
    public static NpgsqlBatch CreateBatch(
        NpgsqlDataSource database, ClaimRequest request, Guid token, Guid start, QueuePosition from)
    {
        var batch = database.CreateBatch();
        batch.BatchCommands.Add(new NpgsqlBatchCommand(DeferSql)
        {
            Parameters = { Text(request.ProviderKey), Int(MaxDeferred) },
        });
        batch.BatchCommands.Add(new NpgsqlBatchCommand(Sql)
        {
            Parameters =
            {
                Text(request.ProviderKey),
                Int(request.Limit),
                Int(request.GroupLimit),
                // A group beyond the limit would take its probe and get no row.
                Int(Math.Min(ClaimRequest.MaxGroups, request.Limit)),
                new NpgsqlParameter<Guid> { TypedValue = start },
                new NpgsqlParameter<Guid> { TypedValue = token },
                new NpgsqlParameter<Guid> { TypedValue = request.RunId },
                new NpgsqlParameter<TimeSpan> { TypedValue = Lease },
                Time(from.DueAt),
                Time(from.CreatedAt),
            },
        });
        batch.BatchCommands.Add(new NpgsqlBatchCommand(FreeEmptyProbesSql)
        {
            Parameters = { new NpgsqlParameter<Guid> { TypedValue = token } },
        });
        return batch;
    }

    /// <returns>The groups, and the oldest waiting row's position if the scan saw every group.</returns>
    public static async Task<(IReadOnlyList<ClaimedGroup> Groups, QueuePosition? Oldest)> ReadAsync(
        DbDataReader reader, string providerKey, Guid token, CancellationToken cancellationToken)
    {
        List<ClaimedGroup> groups = [];
        List<ConversionJob> jobs = [];
        ConversionJob? last = null;
        QueuePosition? oldest = null;
        while (await reader.ReadAsync(cancellationToken))
        {
            var siteId = reader.GetGuid(0);
            if (groups.Count == 0 || groups[^1].SiteId != siteId)
            {
                jobs = [];
                var credential = reader.IsDBNull(2)
                    ? null
                    : new SealedCredential(reader.GetString(2), reader.GetString(3));
                groups.Add(new ClaimedGroup(token, siteId, providerKey, credential, reader.GetBoolean(1), jobs));
            }

            if (oldest is null && !reader.IsDBNull(OldestDueAt))
                oldest = new QueuePosition(reader.GetDateTime(OldestDueAt), reader.GetDateTime(OldestCreatedAt));
            jobs.Add(last = ReadJob(reader, FirstOfJob, last));
        }

        return (groups, oldest);
    }

    /// <param name="first">The column of the row's id; the others follow it in the claim's order.</param>
    /// <param name="last">The row before it, most of which have the same currency and payload: a large claim holds them once.</param>
    public static ConversionJob ReadJob(DbDataReader reader, int first, ConversionJob? last = null) => new()
    {
        Id = reader.GetGuid(first),
        SaleId = reader.GetGuid(first + 1),
        Gclid = TextOrNull(reader, first + 2),
        Gbraid = TextOrNull(reader, first + 3),
        Wbraid = TextOrNull(reader, first + 4),
        ConversionTime = new DateTimeOffset(reader.GetDateTime(first + 5), TimeSpan.Zero),
        ValueCents = reader.GetInt64(first + 6),
        Currency = Shared(reader.GetString(first + 7), last?.Currency)!,
        Payload = Shared(TextOrNull(reader, first + 8), last?.Payload),
        RetryCount = reader.GetInt32(first + 9),
        ClaimCount = reader.GetInt32(first + 10),
        UserIdentifiers = TextOrNull(reader, first + 11),
        TimeShift = reader.GetInt16(first + 12),
    };

    private static string? Shared(string? text, string? last) => text == last ? last : text;

    private static string? TextOrNull(DbDataReader reader, int ordinal) =>
        reader.IsDBNull(ordinal) ? null : reader.GetString(ordinal);

    private static NpgsqlParameter<string> Text(string value) => new() { TypedValue = value };

    // The type is named because the driver's "-infinity" has no DateTimeKind, from which it would infer a time zone.
    private static NpgsqlParameter<DateTime> Time(DateTime value) =>
        new() { NpgsqlDbType = NpgsqlDbType.TimestampTz, TypedValue = value };

    private static NpgsqlParameter<int> Int(int value) => new() { TypedValue = value };
}

/// <summary>Where the next claim of a provider goes on.</summary>
/// <param name="Start">
/// The last group of the claim before: every site is reached however few rows a claim takes.
/// </param>
/// <param name="RunId">The run that <paramref name="Oldest"/> is of.</param>
/// <param name="Oldest">
/// The oldest row that waited at an earlier claim. While an old transaction holds back vacuum, the dead tuples of all rows that ever waited lie before it,
/// and only the first claim of a run scans them. A row that begins to wait before this place, given back or
/// re-queued meanwhile, waits for the next run.
/// </param>
internal readonly record struct ClaimCursor(Guid Start, Guid RunId, QueuePosition Oldest)
{
    public QueuePosition From(Guid runId) => runId == RunId ? Oldest : QueuePosition.First;
}

/// <summary>A place in the order in which rows wait: when they are due (from the beginning, without a time), then their age.</summary>
internal readonly record struct QueuePosition(DateTime DueAt, DateTime CreatedAt)
{
    /// <summary>Before every row: how the driver writes <c>-infinity</c>.</summary>
    public static readonly QueuePosition First = new(DateTime.MinValue, DateTime.MinValue);
}
