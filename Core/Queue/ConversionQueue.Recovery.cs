using Npgsql;
using NpgsqlTypes;
using OpsMantik.Core.Database;

namespace OpsMantik.Core.Queue;

/// <summary>Rows, circuits and leases that nobody else would free, and rows that cannot be written.</summary>
internal sealed partial class ConversionQueue
{
    /// <summary>Rows of a commit: some 200 ms of the database's, and far from its time-out on a slow one.</summary>
    public const int RecoverChunk = 20_000;

    private static readonly string RecoverSql = SqlText.Load("Queue.Sql.Recover");
    private static readonly string ClearIdentifiersSql = SqlText.Load("Queue.Sql.ClearIdentifiers");
    private static readonly string RecoverCircuitsSql = SqlText.Load("Queue.Sql.RecoverCircuits");
    private static readonly string RecoverRequestsSql = SqlText.Load("Queue.Sql.RecoverRequests");

    public Task<RefusedEnd> EndRefusedAsync(
        ClaimedGroup group, Guid jobId, string state, CancellationToken cancellationToken) =>
        RefusedRow.EndAsync(database, group.SiteId, group.ProviderKey, jobId, group.ClaimToken, state, cancellationToken);

    public async Task<int> FailEndlessAsync(int minAgeMinutes, CancellationToken cancellationToken)
    {
        await using var command = database.CreateCommand("select fail_endless_offline_conversion_jobs($1)");
        command.Parameters.Add(new NpgsqlParameter<int> { TypedValue = minAgeMinutes });
        return (int)(await command.ExecuteScalarAsync(cancellationToken))!;
    }

    public async Task<int> RecoverAsync(int minAgeMinutes, CancellationToken cancellationToken)
    {
        var recovered = await RecoverChunksAsync(minAgeMinutes, cancellationToken);
        // For what is left: rows that the database refuses, one by one, and those that are set aside.
        await using var batch = database.CreateBatch();
        batch.BatchCommands.Add(new NpgsqlBatchCommand("select recover_stuck_offline_conversion_jobs($1)")
        {
            Parameters = { new NpgsqlParameter<int> { TypedValue = minAgeMinutes } },
        });
        batch.BatchCommands.Add(new NpgsqlBatchCommand(RecoverCircuitsSql));
        batch.BatchCommands.Add(new NpgsqlBatchCommand(RecoverRequestsSql));
        return recovered + (int)(await batch.ExecuteScalarAsync(cancellationToken))!;
    }

    public async Task<int> ClearIdentifiersAsync(TimeSpan age, CancellationToken cancellationToken)
    {
        await using var command = database.CreateCommand(ClearIdentifiersSql);
        command.Parameters.Add(new NpgsqlParameter<TimeSpan> { TypedValue = age });
        command.Parameters.Add(new NpgsqlParameter<int> { TypedValue = RecoverChunk });
        return await command.ExecuteNonQueryAsync(cancellationToken);
    }

    private async Task<int> RecoverChunksAsync(int minAgeMinutes, CancellationToken cancellationToken)
    {
        var (total, count, from) = (0, 0, DateTime.MinValue);
        try
        {
            do
            {
                await using var command = database.CreateCommand(RecoverSql);
                command.Parameters.Add(new NpgsqlParameter<int> { TypedValue = minAgeMinutes });
                command.Parameters.Add(new NpgsqlParameter<int> { TypedValue = RecoverChunk });
                // The type is named because "-infinity" has no DateTimeKind, from which it would be inferred.
                command.Parameters.Add(new NpgsqlParameter<DateTime> { NpgsqlDbType = NpgsqlDbType.TimestampTz, TypedValue = from });
                await using var reader = await command.ExecuteReaderAsync(cancellationToken);
                await reader.ReadAsync(cancellationToken);
                count = reader.GetInt32(0);
                from = reader.IsDBNull(1) ? from : reader.GetDateTime(1);
                total += count;
            }
            while (count == RecoverChunk);
        }
        catch (PostgresException exception) when (DatabaseErrors.IsRefusal(exception))
        {
            // The chunk holds a row that the database refuses to write.
        }

        return total;
    }
}
