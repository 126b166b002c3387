using Microsoft.Extensions.Logging;
using Npgsql;
using OpsMantik.Core.Database;

namespace OpsMantik.Core.Metrics;

/// <summary>Logs, after each run, what is waiting and what failed in the last hour, by provider.</summary>
internal sealed class BacklogSnapshot(NpgsqlDataSource database, ILogger<BacklogSnapshot> logger)
{
    private static readonly string Sql = SqlText.Load("Metrics.Sql.Backlog");

    public async Task LogAsync(CancellationToken cancellationToken)
    {
        try
        {
            await using var command = database.CreateCommand(Sql);
            await using var reader = await command.ExecuteReaderAsync(cancellationToken);
            var parts = new List<string>();
            while (await reader.ReadAsync(cancellationToken))
                parts.Add($"{reader.GetString(0)} backlog={reader.GetInt64(1)} failed_last_hour={reader.GetInt64(2)}");
            logger.Backlog(parts.Count == 0 ? "none" : string.Join("; ", parts));
        }
        catch (Exception exception) when (exception is NpgsqlException or OperationCanceledException)
        {
            // The run's work is done and written; a picture of it is not worth failing it.
            logger.BacklogUnknown(exception.GetType().Name);
        }
    }
}
