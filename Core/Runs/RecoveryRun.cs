using Microsoft.Extensions.Logging;
using OpsMantik.Core.Corrections;
using OpsMantik.Core.Metrics;
using OpsMantik.Core.Queue;

namespace OpsMantik.Core.Runs;

/// <summary>One recovery: rows that a dead worker left in PROCESSING go back to the queue.</summary>
public sealed class RecoveryRun
{
    /// <summary>Minutes since the claim before a row counts as abandoned.</summary>
    public const int DefaultMinAgeMinutes = 15;

    private readonly IConversionQueue _queue;
    private readonly ICorrectionStore _corrections;
    private readonly Instruments _instruments;
    private readonly ILogger<RecoveryRun> _logger;

    internal RecoveryRun(
        IConversionQueue queue, ICorrectionStore corrections, Instruments instruments, ILogger<RecoveryRun> logger)
    {
        _queue = queue;
        _corrections = corrections;
        _instruments = instruments;
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
        return recovered;
    }
}
