using Microsoft.Extensions.Logging;
using Npgsql;
using OpsMantik.Core.Database;

namespace OpsMantik.Core.Status;

/// <summary>Stores when each job last succeeded, for the status page and other processes.</summary>
public sealed class WorkerTicks
{
    public const string Upload = Metrics.WorkerJob.Upload;
    public const string Recovery = Metrics.WorkerJob.Recovery;
    public const string Confirm = Metrics.WorkerJob.Confirm;
    public const string Reconcile = Metrics.WorkerJob.Reconcile;

    private static readonly string Sql = SqlText.Load("Status.Sql.Tick");

    private readonly NpgsqlDataSource _database;
    private readonly ILogger<WorkerTicks> _logger;

    internal WorkerTicks(NpgsqlDataSource database, ILogger<WorkerTicks> logger) =>
        (_database, _logger) = (database, logger);

    /// <summary>Runs a job and notes its end. A note that cannot be written does not fail what was done.</summary>
    /// <param name="job">One of the constants here.</param>
    public async Task<T> AfterAsync<T>(string job, Task<T> run)
    {
        var result = await run;
        await WriteAsync(job);
        return result;
    }

    /// <summary>Notes that a job ended now. An upload run notes its own end, with its look at the backlog.</summary>
    internal async Task WriteAsync(string job)
    {
        try
        {
            await using var command = _database.CreateCommand(Sql);
            command.Parameters.Add(new NpgsqlParameter<string> { TypedValue = job });
            await command.ExecuteNonQueryAsync(CancellationToken.None);
        }
        catch (NpgsqlException exception)
        {
            _logger.TickNotStored(job, exception.GetType().Name);
        }
    }
}
