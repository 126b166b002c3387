using System.Text.Json;
using Npgsql;
using NpgsqlTypes;

namespace OpsMantik.Core.Operations.Import;

/// <summary>Puts sales of a file into the queue: a look first, then all or nothing in one transaction.</summary>
public sealed class SalesImport
{
    // A hundred thousand rows in one statement, on a database under load.
    private const int CommandTimeoutSeconds = 300;

    private const string JudgeSql = "select line, verdict, sale_id, status from judge_sales($1)";
    private const string EnqueueSql = "select enqueue_sales($1, $2)";

    private static readonly JsonSerializerOptions Form = new() { PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower };

    private readonly NpgsqlDataSource _database;

    internal SalesImport(NpgsqlDataSource database) => _database = database;

    /// <summary>How each stands, in the order of their lines; nothing is changed.</summary>
    public async Task<IReadOnlyList<JudgedSale>> JudgeAsync(
        IReadOnlyList<ImportSale> sales, CancellationToken cancellationToken)
    {
        await using var command = Command(JudgeSql, sales);
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        var judged = new List<JudgedSale>(sales.Count);
        while (await reader.ReadAsync(cancellationToken))
        {
            judged.Add(new JudgedSale(
                reader.GetInt32(0),
                Enum.Parse<SaleVerdict>(reader.GetString(1).Replace("_", "", StringComparison.Ordinal), ignoreCase: true),
                reader.IsDBNull(2) ? null : reader.GetGuid(2),
                reader.IsDBNull(3) ? null : reader.GetString(3)));
        }

        return judged;
    }

    /// <summary>Queues what is not there yet; returns how many rows that were. Leaves a line per site in the audit.</summary>
    /// <param name="actor">Who asks, for the audit.</param>
    /// <exception cref="PostgresException">A sale cannot be enqueued; nothing was written.</exception>
    public async Task<long> EnqueueAsync(
        IReadOnlyList<ImportSale> sales, string actor, CancellationToken cancellationToken)
    {
        await using var command = Command(EnqueueSql, sales);
        command.Parameters.Add(new NpgsqlParameter<string> { TypedValue = actor });
        return (long)(await command.ExecuteScalarAsync(cancellationToken))!;
    }

    private NpgsqlCommand Command(string sql, IReadOnlyList<ImportSale> sales)
    {
        var command = _database.CreateCommand(sql);
        command.CommandTimeout = CommandTimeoutSeconds;
        command.Parameters.Add(new NpgsqlParameter
        {
            Value = JsonSerializer.Serialize(sales, Form),
            NpgsqlDbType = NpgsqlDbType.Jsonb,
        });
        return command;
    }
}
