using Npgsql;
using NpgsqlTypes;
using OpsMantik.Core.Database;

namespace OpsMantik.Core.Operations;

/// <summary>Finds rows of the queue by what a customer, a dashboard or Google calls their sale. Reads only.</summary>
public sealed class RowFinder
{
    /// <summary>Rows that a search brings at most.</summary>
    public const int MaxFound = 20;

    // A click id has no index, which every write of the queue would pay for: ten million rows are read within this.
    private const int ScanTimeoutSeconds = 120;

    private static readonly string ReferenceSql = SqlText.Load("Operations.Sql.RowsByReference");
    private static readonly string ScanSql = SqlText.Load("Operations.Sql.RowsByText");

    private readonly NpgsqlDataSource _database;

    internal RowFinder(NpgsqlDataSource database) => _database = database;

    /// <summary>
    /// Rows of this id or of a sale with this id or external reference, by indexes; where there is none, those with this order id or click id, by
    /// reading the whole queue. In the order in which they were queued.
    /// </summary>
    /// <param name="text">Upper and lower case differ.</param>
    /// <param name="siteId">Null: of any site.</param>
    /// <param name="reading">Called before the queue is read as a whole.</param>
    /// <exception cref="NpgsqlException">The queue could not be read within two minutes.</exception>
    public async Task<IReadOnlyList<FoundRow>> FindAsync(
        string text, Guid? siteId, Action reading, CancellationToken cancellationToken)
    {
        var referred = await ReadAsync(ReferenceSql, text, siteId, cancellationToken);
        if (referred.Count > 0)
            return referred;
        reading();
        return await ReadAsync(ScanSql, text, siteId, cancellationToken);
    }

    private async Task<List<FoundRow>> ReadAsync(string sql, string text, Guid? siteId, CancellationToken cancellationToken)
    {
        await using var command = _database.CreateCommand(sql);
        command.CommandTimeout = ScanTimeoutSeconds;
        command.Parameters.Add(new NpgsqlParameter<string> { TypedValue = text });
        command.Parameters.Add(new() { Value = (object?)siteId ?? DBNull.Value, NpgsqlDbType = NpgsqlDbType.Uuid });
        command.Parameters.Add(new NpgsqlParameter<int> { TypedValue = MaxFound });
        if (sql == ReferenceSql)
            command.Parameters.Add(new() { Value = Guid.TryParse(text, out var id) ? id : DBNull.Value, NpgsqlDbType = NpgsqlDbType.Uuid });
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        var rows = new List<FoundRow>();
        while (await reader.ReadAsync(cancellationToken))
        {
            rows.Add(new FoundRow(
                reader.GetGuid(0), reader.GetGuid(1), reader.GetGuid(2), reader.GetString(3), reader.GetDateTime(4)));
        }

        return rows;
    }
}

/// <summary>A row that may be meant.</summary>
/// <param name="QueuedAt">UTC.</param>
public sealed record FoundRow(Guid Id, Guid SaleId, Guid SiteId, string Status, DateTime QueuedAt);
