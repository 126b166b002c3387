using Microsoft.Extensions.Logging;
using Npgsql;
using OpsMantik.Core.Database;
using OpsMantik.Core.Providers;
using OpsMantik.Core.Status;

namespace OpsMantik.Core.Metrics;

/// <summary>
/// Looks once after each upload run at what is waiting, failed or held back: the source of a log line and of every gauge.
/// </summary>
internal sealed class BacklogSnapshot(
    NpgsqlDataSource database, Instruments instruments, WorkerTicks ticks, ILogger<BacklogSnapshot> logger) : IBacklogSnapshot
{
    private static readonly string Sql = SqlText.Load("Metrics.Sql.Backlog");

    /// <param name="providers">Keys of the worker's providers: they are shown even when nothing is there.</param>
    public async Task<bool> TakeAsync(string[] providers, bool corrected, CancellationToken cancellationToken)
    {
        try
        {
            var (backlogs, isNoted) = await ReadAsync(providers, corrected, cancellationToken);
            instruments.Show(backlogs);
            var parts = backlogs
                .Where(provider => provider.Backlog + provider.FailedLastHour > 0)
                .Select(provider =>
                    $"{provider.ProviderKey} backlog={provider.Backlog} failed_last_hour={provider.FailedLastHour}")
                .ToArray();
            if (isNoted)
                logger.Backlog(parts.Length == 0 ? "none" : string.Join("; ", parts));
            return isNoted;
        }
        catch (Exception exception) when (exception is NpgsqlException or OperationCanceledException)
        {
            // The run's work is written. A snapshot that cannot be read must not fail it.
            logger.BacklogUnknown(exception.GetType().Name);
            return false;
        }
    }

    public Task NoteEndAsync() => ticks.WriteAsync(WorkerJob.Upload);

    private async Task<(IReadOnlyList<ProviderSnapshot> Backlogs, bool IsNoted)> ReadAsync(
        string[] providers, bool corrected, CancellationToken cancellationToken)
    {
        await using var batch = database.CreateBatch();
        // With 100,000 sites compiling it takes ten times as long as running it.
        batch.BatchCommands.Add(new NpgsqlBatchCommand(StatusReader.OpeningSql));
        batch.BatchCommands.Add(new NpgsqlBatchCommand(Sql)
        {
            Parameters =
            {
                new NpgsqlParameter<string[]> { TypedValue = providers },
                new NpgsqlParameter<string[]> { TypedValue = CorrectionCodes.Final },
                new NpgsqlParameter<TimeSpan> { TypedValue = CorrectionCounts.LongWait },
                new NpgsqlParameter<bool> { TypedValue = corrected },
                new NpgsqlParameter<string> { TypedValue = WorkerJob.Upload },
            },
        });
        await using var reader = await batch.ExecuteReaderAsync(cancellationToken);
        await reader.NextResultAsync(cancellationToken);
        var backlogs = new List<ProviderSnapshot>();
        var isNoted = false;
        while (await reader.ReadAsync(cancellationToken))
        {
            isNoted = reader.GetBoolean(12);
            backlogs.Add(new ProviderSnapshot(
                reader.GetString(0), reader.GetInt64(1), reader.GetDouble(2), reader.GetInt64(3), reader.GetInt64(4),
                reader.GetInt64(5), reader.GetInt64(6), reader.GetDouble(7), reader.GetInt64(8),
                reader.GetInt64(9), reader.GetInt64(10), reader.GetInt64(11)));
        }

        return (backlogs, isNoted);
    }
}

/// <summary>Looks, after each upload run, at what is waiting, failed or held back, by provider; and notes the run's end with it.</summary>
internal interface IBacklogSnapshot
{
    /// <param name="providers">Keys of the worker's providers.</param>
    /// <param name="corrected">The run has done its corrections. Otherwise its end is noted only if there is nothing to correct.</param>
    /// <returns>Whether the end is noted; false also when the database could not be read.</returns>
    Task<bool> TakeAsync(string[] providers, bool corrected, CancellationToken cancellationToken);

    /// <summary>Notes the run's end alone, for one that is told to stop or could not look.</summary>
    Task NoteEndAsync();
}

/// <summary>How things stood at one provider when a run ended.</summary>
/// <param name="Backlog">Rows QUEUED or RETRY, due or not.</param>
/// <param name="OldestAge">Seconds since the oldest of them was queued; 0 when nothing waits.</param>
/// <param name="OpenAge">Seconds since the circuit that is open the longest was opened; 0 when none is.</param>
/// <param name="Revoked">Active credentials that the site's last batch found refused.</param>
/// <param name="Undercounted">Sites of which the provider counted clearly fewer conversions than it took.</param>
/// <param name="CorrectionsWaiting">Corrections QUEUED or RETRY, due or not.</param>
/// <param name="NotCorrected">Sites whose corrections failed within a week, or wait too long, as the status page says.</param>
internal sealed record ProviderSnapshot(
    string ProviderKey,
    long Backlog,
    double OldestAge,
    long FailedLastHour,
    long Closed,
    long Open,
    long HalfOpen,
    double OpenAge,
    long Revoked,
    long Undercounted,
    long CorrectionsWaiting,
    long NotCorrected);
