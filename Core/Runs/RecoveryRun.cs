using System.ComponentModel.DataAnnotations;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Npgsql;
using OpsMantik.Core.Corrections;
using OpsMantik.Core.Database;
using OpsMantik.Core.Metrics;
using OpsMantik.Core.Queue;

namespace OpsMantik.Core.Runs;

/// <summary>
/// One recovery: rows that a dead worker left in PROCESSING go back to the queue, and hashed identifiers that nobody needs any more
/// are cleared.
/// </summary>
public sealed class RecoveryRun
{
    /// <summary>Minutes since the claim before a row counts as abandoned.</summary>
    public const int DefaultMinAgeMinutes = 15;

    // The first run on a large history ends; the next one goes on.
    private static readonly TimeSpan ClearingBudget = TimeSpan.FromMinutes(1);

    private readonly IConversionQueue _queue;
    private readonly ICorrectionStore _corrections;
    private readonly RetentionOptions _retention;
    private readonly Instruments _instruments;
    private readonly TimeProvider _time;
    private readonly ILogger<RecoveryRun> _logger;

    internal RecoveryRun(
        IConversionQueue queue,
        ICorrectionStore corrections,
        IOptions<RetentionOptions> retention,
        Instruments instruments,
        TimeProvider time,
        ILogger<RecoveryRun> logger)
    {
        _queue = queue;
        _corrections = corrections;
        _retention = retention.Value;
        _instruments = instruments;
        _time = time;
        _logger = logger;
    }

    /// <param name="minAgeMinutes">1 to 1,440.</param>
    /// <returns>How many rows went back.</returns>
    public Task<int> RunAsync(int minAgeMinutes, CancellationToken cancellationToken) =>
        _instruments.RunAsync(WorkerJob.Recovery, () => RecoverAsync(minAgeMinutes, cancellationToken));

    private async Task<int> RecoverAsync(int minAgeMinutes, CancellationToken cancellationToken)
    {
        var failed = await _queue.FailEndlessAsync(minAgeMinutes, cancellationToken);
        if (failed > 0)
            _logger.FailedEndless(failed);
        var recovered = await _queue.RecoverAsync(minAgeMinutes, cancellationToken);
        _logger.Recovered(recovered, minAgeMinutes);
        await _corrections.RecoverAsync(minAgeMinutes, cancellationToken);
        if (_retention.Identifiers > TimeSpan.Zero)
            await ClearIdentifiersAsync(_retention.Identifiers, cancellationToken);
        return recovered;
    }

    private async Task ClearIdentifiersAsync(TimeSpan age, CancellationToken cancellationToken)
    {
        var (started, total, rows) = (_time.GetTimestamp(), 0, 0);
        try
        {
            do
            {
                rows = await _queue.ClearIdentifiersAsync(age, cancellationToken);
                total += rows;
            }
            while (rows >= ConversionQueue.RecoverChunk && _time.GetElapsedTime(started) < ClearingBudget);
        }
        catch (PostgresException exception) when (DatabaseErrors.IsRefusal(exception))
        {
            _logger.IdentifiersNotCleared(exception.SqlState);
        }

        if (total > 0)
            _logger.IdentifiersCleared(total, age.TotalDays);
    }
}

/// <summary>How long the worker keeps what it needs no more. Section <c>Retention</c> (<c>Retention__Identifiers</c>).</summary>
public sealed class RetentionOptions
{
    public const string Section = "Retention";

    /// <summary>Since a sale was sent, until its hashed identifiers are cleared; zero keeps them for ever.</summary>
    [Range(typeof(TimeSpan), "00:00:00", "3650.00:00:00")]
    public TimeSpan Identifiers { get; set; } = TimeSpan.FromDays(90);
}
