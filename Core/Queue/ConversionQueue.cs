using System.Collections.Concurrent;
using Npgsql;
using OpsMantik.Core.Breaker;
using OpsMantik.Core.Database;

namespace OpsMantik.Core.Queue;

/// <summary>
/// The store of <c>offline_conversion_queue</c>. Every method is one round trip and leaves no transaction open.
/// </summary>
internal sealed class ConversionQueue(NpgsqlDataSource database, Random random) : IConversionQueue, IDisposable
{
    private static readonly string ReleaseSql = SqlText.Load("Queue.Sql.Release");

    // Per provider. The first start is random, so that workers do not crowd the same sites.
    private readonly ConcurrentDictionary<string, RingPosition> _positions = [];

    // Claims of one process take turns. Two at once would walk from the same place, the second find all rows of those groups
    // locked, and take that for an empty queue.
    private readonly SemaphoreSlim _turn = new(1, 1);

    // Whether the server process that answers is the one that greeted us. A pooler greets by a process of its own making, and
    // may hand out another server connection for each transaction, which does not know what was prepared on the last.
    private volatile bool _isDirect;

    public async Task<IReadOnlyList<ClaimedGroup>> ClaimAsync(ClaimRequest request, CancellationToken cancellationToken)
    {
        await _turn.WaitAsync(cancellationToken);
        try
        {
            return await ClaimAloneAsync(request, cancellationToken);
        }
        finally
        {
            _turn.Release();
        }
    }

    private async Task<IReadOnlyList<ClaimedGroup>> ClaimAloneAsync(ClaimRequest request, CancellationToken cancellationToken)
    {
        var token = NextGuid();
        var position = _positions.GetOrAdd(request.ProviderKey, _ => new RingPosition(NextGuid(), default, default));
        var from = position.From(request.RunId);
        await using var batch = Claim.CreateBatch(database, request, token, position.Start, from);
        await using var reader = await batch.ExecuteReaderAsync(cancellationToken);
        var (groups, oldest) = await Claim.ReadAsync(reader, request.ProviderKey, token, cancellationToken);
        if (groups.Count > 0)
            _positions[request.ProviderKey] = new RingPosition(LastOfRing(groups, position.Start), request.RunId, oldest ?? from);
        return groups;
    }

    public async Task<WriteBackCounts> WriteBackAsync(
        ClaimedGroup group,
        IReadOnlyList<JobResult> results,
        CircuitSignal signal,
        TimeSpan duration,
        TimeSpan firstCheck,
        CancellationToken cancellationToken)
    {
        await using var connection = await database.OpenConnectionAsync(cancellationToken);
        await using var command = WriteBack.CreateCommand(connection, group, results, signal, duration, firstCheck);
        // Once for each connection of the pool. Planning would take longer than writing back a small batch.
        if (_isDirect)
            await command.PrepareAsync(cancellationToken);
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        if (!await reader.ReadAsync(cancellationToken))
            return default;

        _isDirect = reader.GetInt32(WriteBack.ServerProcess) == connection.ProcessID;
        return new WriteBackCounts(
            reader.GetInt32(0), reader.GetInt32(1), reader.GetInt32(2), reader.GetInt32(3), reader.GetInt32(4));
    }

    public async Task<int> ReleaseAsync(ClaimedGroup group, bool maySent, CancellationToken cancellationToken)
    {
        await using var command = CreateRelease(database, group, maySent);
        return await command.ExecuteNonQueryAsync(cancellationToken);
    }

    internal static NpgsqlCommand CreateRelease(NpgsqlDataSource database, ClaimedGroup group, bool maySent)
    {
        var command = database.CreateCommand(ReleaseSql);
        command.Parameters.Add(new NpgsqlParameter<Guid> { TypedValue = group.ClaimToken });
        command.Parameters.Add(new NpgsqlParameter<Guid> { TypedValue = group.SiteId });
        command.Parameters.Add(new NpgsqlParameter<string> { TypedValue = group.ProviderKey });
        command.Parameters.Add(new NpgsqlParameter<Guid[]> { TypedValue = [.. group.Jobs.Select(job => job.Id)] });
        command.Parameters.Add(new NpgsqlParameter<bool> { TypedValue = maySent });
        return command;
    }

    public async Task<int> RecoverAsync(int minAgeMinutes, CancellationToken cancellationToken)
    {
        await using var command = database.CreateCommand("select recover_stuck_offline_conversion_jobs($1)");
        command.Parameters.Add(new NpgsqlParameter<int> { TypedValue = minAgeMinutes });
        return (int)(await command.ExecuteScalarAsync(cancellationToken))!;
    }

    public void Dispose() => _turn.Dispose();

    // Ascending from behind the start, then from the beginning up to it: the order in which the statement walks.
    private static Guid LastOfRing(IReadOnlyList<ClaimedGroup> groups, Guid start) =>
        (groups.LastOrDefault(group => group.SiteId <= start) ?? groups[^1]).SiteId;

    private Guid NextGuid()
    {
        Span<byte> bytes = stackalloc byte[16];
        random.NextBytes(bytes);
        return new Guid(bytes);
    }
}
