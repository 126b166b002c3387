using System.Text.Json;
using Npgsql;
using NpgsqlTypes;
using OpsMantik.Core.Database;

namespace OpsMantik.Core.Operations;

/// <summary>Re-queues rows for an operator: a preview, then the change, which is audited.</summary>
public sealed class Requeueing
{
    // No statement grows beyond its time-out, and what is requeued stays so.
    private const int Chunk = 20_000;

    // On a database under load; each chunk reads past the rows of those before it.
    private const int CommandTimeoutSeconds = 300;

    private static readonly string PreviewSql = SqlText.Load("Operations.Sql.RequeuePreview");
    private static readonly string RequeueSql = SqlText.Load("Operations.Sql.Requeue");
    private static readonly string CorrectionsPreviewSql = SqlText.Load("Operations.Sql.RequeueCorrectionsPreview");
    private static readonly string CorrectionsSql = SqlText.Load("Operations.Sql.RequeueCorrections");

    private readonly NpgsqlDataSource _database;

    internal Requeueing(NpgsqlDataSource database) => _database = database;

    /// <exception cref="ArgumentException">The filter names rows that may not be requeued.</exception>
    public async Task<IReadOnlyList<RequeueLine>> PreviewAsync(RequeueFilter filter, CancellationToken cancellationToken)
    {
        await using var command = Command(filter.Corrections ? CorrectionsPreviewSql : PreviewSql, filter);
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        var lines = new List<RequeueLine>();
        while (await reader.ReadAsync(cancellationToken))
        {
            lines.Add(new RequeueLine(
                reader.GetString(0),
                reader.IsDBNull(1) ? null : reader.GetString(1),
                reader.IsDBNull(2) ? null : reader.GetString(2),
                reader.GetInt64(3)));
        }

        return lines;
    }

    /// <summary>By chunks, each a transaction with its line in the audit; returns how many rows are QUEUED anew.</summary>
    /// <param name="actor">Who asks, for the audit.</param>
    /// <exception cref="ArgumentException">The filter names rows that may not be requeued.</exception>
    public async Task<long> RequeueAsync(RequeueFilter filter, string actor, CancellationToken cancellationToken)
    {
        var (total, count, began) = (0L, 0L, (DateTime?)null);
        do
        {
            await using var command = Command(filter.Corrections ? CorrectionsSql : RequeueSql, filter);
            command.Parameters.Add(new NpgsqlParameter<string> { TypedValue = actor });
            command.Parameters.Add(new NpgsqlParameter { Value = Details(filter), NpgsqlDbType = NpgsqlDbType.Jsonb });
            command.Parameters.Add(new NpgsqlParameter<int> { TypedValue = Chunk });
            command.Parameters.Add(Nullable(began, NpgsqlDbType.TimestampTz));
            await using var reader = await command.ExecuteReaderAsync(cancellationToken);
            await reader.ReadAsync(cancellationToken);
            count = reader.GetInt64(0);
            began ??= reader.GetDateTime(1);
            total += count;
        }
        // Of a chunk of corrections some may have been overtaken by their sales meanwhile.
        while (filter.Corrections ? count > 0 : count == Chunk);
        return total;
    }

    private NpgsqlCommand Command(string sql, RequeueFilter filter)
    {
        filter.Check();
        var command = _database.CreateCommand(sql);
        command.CommandTimeout = CommandTimeoutSeconds;
        command.Parameters.Add(Nullable(filter.SiteId, NpgsqlDbType.Uuid));
        command.Parameters.Add(new NpgsqlParameter<string> { TypedValue = filter.ProviderKey });
        command.Parameters.Add(new NpgsqlParameter<string[]> { TypedValue = [filter.Status] });
        command.Parameters.Add(Nullable(filter.Category, NpgsqlDbType.Text));
        command.Parameters.Add(Nullable(filter.Code, NpgsqlDbType.Text));
        command.Parameters.Add(Nullable(filter.Since?.ToUniversalTime(), NpgsqlDbType.TimestampTz));
        command.Parameters.Add(Nullable(filter.SaleIds?.ToArray(), NpgsqlDbType.Array | NpgsqlDbType.Uuid));
        return command;
    }

    private static NpgsqlParameter Nullable(object? value, NpgsqlDbType type) =>
        new() { Value = value ?? DBNull.Value, NpgsqlDbType = type };

    private static string Details(RequeueFilter filter) => JsonSerializer.Serialize(new Dictionary<string, object?>
    {
        ["corrections"] = filter.Corrections ? true : null,
        ["status"] = filter.Status,
        ["category"] = filter.Category,
        ["code"] = filter.Code,
        ["since"] = filter.Since,
        ["sale_ids"] = filter.SaleIds,
    });
}

/// <summary>Which rows to requeue. Rows that are being sent or wait for a result are never among them.</summary>
public sealed record RequeueFilter
{
    /// <summary>FAILED or RETRY; COMPLETED only together with <see cref="SaleIds"/>.</summary>
    public required string Status { get; init; }

    /// <summary>
    /// Instead of rows their corrections: those that still say how the sale is, where nothing newer of it was told or waits.
    /// </summary>
    public bool Corrections { get; init; }

    public string ProviderKey { get; init; } = "google_ads";

    /// <summary>Null: all sites.</summary>
    public Guid? SiteId { get; init; }

    /// <summary>Error category, as AUTH; null: any.</summary>
    public string? Category { get; init; }

    /// <summary>Error code, as INVALID_GRANT; null: any.</summary>
    public string? Code { get; init; }

    /// <summary>Rows that ended, or were put off, at this time or later; null: ever.</summary>
    public DateTimeOffset? Since { get; init; }

    /// <summary>Null: any sale.</summary>
    public IReadOnlyList<Guid>? SaleIds { get; init; }

    /// <exception cref="ArgumentException">A status that may not be requeued, or COMPLETED without sales.</exception>
    internal void Check()
    {
        if (Status is not ("FAILED" or "RETRY" or "COMPLETED"))
            throw new ArgumentException("Only FAILED, RETRY and COMPLETED rows can be requeued.");
        if (Corrections && Status == "COMPLETED")
            throw new ArgumentException("A correction that Google took is not sent again.");
        // A conversion that Google has is sent again only for a sale that the operator names.
        if (Status == "COMPLETED" && SaleIds is not { Count: > 0 })
            throw new ArgumentException("COMPLETED rows are requeued by their sale ids only.");
    }
}

/// <summary>How many of the rows to requeue ended, or wait, with one reason.</summary>
public sealed record RequeueLine(string Status, string? Category, string? Code, long Rows);
