using OpsMantik.Core.Database;

namespace OpsMantik.Web;

/// <summary>Keeps runs off a database that was never seen ready: one that is down, or not migrated yet.</summary>
internal sealed class DatabaseReadiness(WorkerJobs jobs, ILogger<DatabaseReadiness> logger)
{
    /// <summary>The answer's text while the database cannot be reached.</summary>
    public const string Away = "the database cannot be reached";

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    private volatile bool _wasReady;

    /// <summary>Checks now. No result within 10 seconds counts as unreachable.</summary>
    public async Task<DatabaseStatus> CheckAsync(CancellationToken cancellationToken)
    {
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        patience.CancelAfter(Patience);
        try
        {
            var status = await jobs.CheckDatabase(patience.Token);
            _wasReady |= status.Ready;
            return status;
        }
        catch (Exception exception) when (!cancellationToken.IsCancellationRequested)
        {
            logger.DatabaseCheckFailed(exception);
            return new DatabaseStatus(false, null, null) { UnavailableReason = exception.Message };
        }
    }

    /// <summary>Why a run must not start, for its caller; null once the database was ready.</summary>
    public async Task<string?> FindFaultAsync(CancellationToken cancellationToken)
    {
        if (_wasReady)
            return null;
        var status = await CheckAsync(cancellationToken);
        return status.Ready ? null : status.Fault ?? Away;
    }
}
