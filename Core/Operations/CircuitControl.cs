using Npgsql;
using NpgsqlTypes;
using OpsMantik.Core.Database;

namespace OpsMantik.Core.Operations;

/// <summary>Lists circuits and opens or closes them for an operator; every change is audited.</summary>
public sealed class CircuitControl
{
    // A site may have held back a million rows: no statement grows beyond its time-out, and what is freed stays free.
    private const int FreeChunk = 20_000;

    private static readonly string FreeSql = SqlText.Load("Operations.Sql.FreeHeldRows");
    private static readonly string ListSql = SqlText.Load("Operations.Sql.Circuits");
    private static readonly string OpenSql = SqlText.Load("Operations.Sql.OpenCircuit");
    private static readonly string CloseSql = SqlText.Load("Operations.Sql.CloseCircuit");

    private readonly NpgsqlDataSource _database;

    internal CircuitControl(NpgsqlDataSource database) => _database = database;

    /// <summary>Circuits that are not CLOSED; of one site, whatever its state. A site without a row is CLOSED.</summary>
    public async Task<IReadOnlyList<CircuitState>> ListAsync(
        string providerKey, Guid? siteId, CancellationToken cancellationToken)
    {
        await using var command = _database.CreateCommand(ListSql);
        command.Parameters.Add(new() { Value = (object?)siteId ?? DBNull.Value, NpgsqlDbType = NpgsqlDbType.Uuid });
        command.Parameters.Add(new NpgsqlParameter<string> { TypedValue = providerKey });
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        var circuits = new List<CircuitState>();
        while (await reader.ReadAsync(cancellationToken))
        {
            circuits.Add(new CircuitState(
                reader.GetGuid(0),
                reader.GetString(1),
                reader.GetInt32(2),
                TimeAt(reader, 3),
                TimeAt(reader, 4),
                reader.GetBoolean(5),
                reader.GetInt32(6),
                TimeAt(reader, 7)));
        }

        return circuits;
    }

    /// <summary>No upload until a probe in five minutes; null when there is no such site.</summary>
    /// <returns>How many rows a worker has at this moment.</returns>
    public Task<long?> OpenAsync(Guid siteId, string providerKey, string actor, CancellationToken cancellationToken) =>
        OpenAsync(siteId, providerKey, isolate: false, actor, cancellationToken);

    /// <summary>
    /// No upload until an operator closes it; null when there is no such site. Workers start no request of the site later than 5
    /// seconds after this (<see cref="Runs.IsolationWatch"/>).
    /// </summary>
    /// <returns>How many rows a worker has at this moment.</returns>
    public Task<long?> IsolateAsync(Guid siteId, string providerKey, string actor, CancellationToken cancellationToken) =>
        OpenAsync(siteId, providerKey, isolate: true, actor, cancellationToken);

    /// <summary>
    /// Closes the circuit, then makes the rows it held back due, by chunks; null when there is neither such a site nor a
    /// circuit that a deleted one left.
    /// </summary>
    /// <returns>How many rows were held back.</returns>
    public async Task<long?> CloseAsync(
        Guid siteId, string providerKey, string actor, CancellationToken cancellationToken)
    {
        await using (var close = Command(CloseSql, siteId, providerKey))
        {
            close.Parameters.Add(new NpgsqlParameter<string> { TypedValue = actor });
            if ((long)(await close.ExecuteScalarAsync(cancellationToken))! == 0)
                return null;
        }

        return await FreeAsync(siteId, providerKey, isolated: false, cancellationToken);
    }

    private async Task<long> FreeAsync(Guid siteId, string providerKey, bool isolated, CancellationToken cancellationToken)
    {
        var (total, count) = (0L, 0);
        do
        {
            await using var free = Command(FreeSql, siteId, providerKey);
            free.Parameters.Add(new NpgsqlParameter<int> { TypedValue = FreeChunk });
            free.Parameters.Add(new NpgsqlParameter<bool> { TypedValue = isolated });
            count = await free.ExecuteNonQueryAsync(cancellationToken);
            total += count;
        }
        while (count == FreeChunk);
        return total;
    }

    private NpgsqlCommand Command(string sql, Guid siteId, string providerKey)
    {
        var command = _database.CreateCommand(sql);
        command.Parameters.Add(new NpgsqlParameter<Guid> { TypedValue = siteId });
        command.Parameters.Add(new NpgsqlParameter<string> { TypedValue = providerKey });
        return command;
    }

    private async Task<long?> OpenAsync(
        Guid siteId, string providerKey, bool isolate, string actor, CancellationToken cancellationToken)
    {
        var (isThere, underWay) = await MoveAsync(siteId, providerKey, isolate, actor, cancellationToken);
        if (!isThere)
            return null;
        if (!isolate)
            await FreeAsync(siteId, providerKey, isolated: true, cancellationToken);
        return underWay;
    }

    private async Task<(bool IsThere, long UnderWay)> MoveAsync(
        Guid siteId, string providerKey, bool isolate, string actor, CancellationToken cancellationToken)
    {
        await using var command = Command(OpenSql, siteId, providerKey);
        command.Parameters.Add(new NpgsqlParameter<bool> { TypedValue = isolate });
        command.Parameters.Add(new NpgsqlParameter<string> { TypedValue = actor });
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        await reader.ReadAsync(cancellationToken);
        return (reader.GetInt64(0) == 1, reader.GetInt64(1));
    }

    private static DateTime? TimeAt(NpgsqlDataReader reader, int ordinal) =>
        reader.IsDBNull(ordinal) ? null : reader.GetDateTime(ordinal);
}

/// <summary>The circuit of one site and provider.</summary>
/// <param name="State">CLOSED, OPEN or HALF_OPEN.</param>
/// <param name="NextProbeAt">When an OPEN circuit lets a probe pass; null when isolated or not OPEN.</param>
/// <param name="Isolated">Opened by a person, until a person closes it.</param>
/// <param name="ProbeLimit">Most rows of a probe.</param>
/// <param name="ProbeLeaseUntil">Until when a worker holds the probe; null when none does.</param>
public sealed record CircuitState(
    Guid SiteId,
    string State,
    int FailureCount,
    DateTime? OpenedAt,
    DateTime? NextProbeAt,
    bool Isolated,
    int ProbeLimit,
    DateTime? ProbeLeaseUntil);
