using Npgsql;
using OpsMantik.Core.Database;

namespace OpsMantik.Core.Operations.Life;

/// <summary>Reads what is known of one row; changes nothing.</summary>
public sealed class RowLives
{
    // A row that waits for weeks has seen more; the first ones and its own tell enough.
    private const int MostLines = 200;

    private static readonly string RowSql = SqlText.Load("Operations.Sql.Row");
    private static readonly string BatchesSql = SqlText.Load("Operations.Sql.RowBatches");
    private static readonly string RequestSql = SqlText.Load("Operations.Sql.RowRequest");
    private static readonly string AuditSql = SqlText.Load("Operations.Sql.RowAudit");

    private readonly NpgsqlDataSource _database;

    internal RowLives(NpgsqlDataSource database) => _database = database;

    /// <param name="id">The row's own id or its sale's.</param>
    /// <returns>Null when there is no such row.</returns>
    public async Task<RowLife?> FindAsync(Guid id, CancellationToken cancellationToken)
    {
        if ((await ReadAsync(RowSql, Row, cancellationToken, Id(id))).FirstOrDefault() is not { } row)
            return null;
        var (site, provider, since) = (Id(row.SiteId), Text(row.ProviderKey), Time(row.CreatedAt));
        var requests = row.RequestId is { } request
            ? await ReadAsync(RequestSql, Request, cancellationToken, site, provider, Text(request))
            : [];
        return new RowLife(
            row,
            await ReadAsync(
                BatchesSql, Batch, cancellationToken,
                site.Clone(), provider.Clone(), since, Text(row.RequestId), Number(MostLines)),
            requests.FirstOrDefault(),
            await ReadAsync(AuditSql, Audit, cancellationToken, site.Clone(), since.Clone(), Number(MostLines)));
    }

    private static LifeOfRow Row(NpgsqlDataReader reader) => new(
        reader.GetGuid(0),
        reader.GetGuid(1),
        reader.GetGuid(2),
        reader.GetString(3),
        reader.GetString(4),
        reader.GetDateTime(5),
        reader.GetDateTime(6),
        reader.GetDateTime(7),
        reader.GetInt64(8),
        reader.GetString(9),
        Value<string>(reader, 10),
        reader.GetInt32(11),
        reader.GetInt32(12),
        ValueOrNull<DateTime>(reader, 13),
        ValueOrNull<DateTime>(reader, 14),
        ValueOrNull<DateTime>(reader, 15),
        ValueOrNull<DateTime>(reader, 16),
        Value<string>(reader, 17),
        Value<string>(reader, 18),
        Value<string>(reader, 19),
        Value<string>(reader, 20),
        Value<string>(reader, 21),
        ValueOrNull<int>(reader, 22));

    private static LifeBatch Batch(NpgsqlDataReader reader) => new(
        reader.GetDateTime(0),
        reader.GetString(1),
        ValueOrNull<int>(reader, 2),
        ValueOrNull<int>(reader, 3),
        ValueOrNull<int>(reader, 4),
        ValueOrNull<int>(reader, 5),
        ValueOrNull<int>(reader, 6),
        ValueOrNull<int>(reader, 7),
        Value<string>(reader, 8),
        Value<string>(reader, 9),
        Value<string>(reader, 10),
        reader.GetBoolean(11));

    private static LifeRequest Request(NpgsqlDataReader reader) => new(
        reader.GetDateTime(0), reader.GetInt32(1), reader.GetDateTime(2), ValueOrNull<DateTime>(reader, 3));

    private static LifeAudit Audit(NpgsqlDataReader reader) => new(
        reader.GetDateTime(0), reader.GetString(1), reader.GetString(2), reader.GetBoolean(3), reader.GetInt64(4));

    private static T? Value<T>(NpgsqlDataReader reader, int ordinal)
        where T : class => reader.IsDBNull(ordinal) ? null : reader.GetFieldValue<T>(ordinal);

    private static T? ValueOrNull<T>(NpgsqlDataReader reader, int ordinal)
        where T : struct => reader.IsDBNull(ordinal) ? null : reader.GetFieldValue<T>(ordinal);

    private async Task<List<T>> ReadAsync<T>(
        string sql, Func<NpgsqlDataReader, T> read, CancellationToken cancellationToken, params NpgsqlParameter[] parameters)
    {
        await using var command = _database.CreateCommand(sql);
        command.Parameters.AddRange(parameters);
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        var list = new List<T>();
        while (await reader.ReadAsync(cancellationToken))
            list.Add(read(reader));
        return list;
    }

    private static NpgsqlParameter<Guid> Id(Guid id) => new() { TypedValue = id };

    private static NpgsqlParameter<string?> Text(string? text) => new() { TypedValue = text };

    private static NpgsqlParameter<DateTime> Time(DateTime time) => new() { TypedValue = time };

    private static NpgsqlParameter<int> Number(int number) => new() { TypedValue = number };
}
