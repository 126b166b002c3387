using Npgsql;
using OpsMantik.Core.Database;

namespace OpsMantik.Core.Queue;

/// <summary>Rows, circuits and leases that nobody else would free, and rows that cannot be written.</summary>
internal sealed partial class ConversionQueue
{
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
        await using var batch = database.CreateBatch();
        batch.BatchCommands.Add(new NpgsqlBatchCommand("select recover_stuck_offline_conversion_jobs($1)")
        {
            Parameters = { new NpgsqlParameter<int> { TypedValue = minAgeMinutes } },
        });
        batch.BatchCommands.Add(new NpgsqlBatchCommand(RecoverCircuitsSql));
        batch.BatchCommands.Add(new NpgsqlBatchCommand(RecoverRequestsSql));
        return (int)(await batch.ExecuteScalarAsync(cancellationToken))!;
    }
}
