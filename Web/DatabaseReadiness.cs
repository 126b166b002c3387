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

/// <summary>
/// What health checks are told of the database. However many ask, it is looked at once in five seconds, on a connection that no
/// run uses: the endpoint is open to everybody, and must not be a way to keep the worker from its database.
/// </summary>
internal sealed class DatabaseHealth(WorkerJobs jobs, TimeProvider time, ILogger<DatabaseHealth> logger)
{
    /// <summary>From the beginning of a look to that of the next.</summary>
    public static readonly TimeSpan Lifetime = TimeSpan.FromSeconds(5);

    /// <summary>No result within it counts as unreachable.</summary>
    public static readonly TimeSpan Patience = TimeSpan.FromSeconds(2);

    private readonly Lock _gate = new();
    private Task<DatabaseStatus>? _look;
    private long _begun;

    /// <summary>What the last look saw, or the one under way. A caller that goes away leaves it to the others.</summary>
    public Task<DatabaseStatus> CheckAsync(CancellationToken cancellationToken)
    {
        lock (_gate)
        {
            if (_look is null || (_look.IsCompleted && time.GetElapsedTime(_begun) >= Lifetime))
            {
                _begun = time.GetTimestamp();
                // On another thread: finding the server's address may block.
                _look = Task.Run(LookAsync, CancellationToken.None);
            }

            return _look.WaitAsync(cancellationToken);
        }
    }

    private async Task<DatabaseStatus> LookAsync()
    {
        using var limit = new CancellationTokenSource(Patience, time);
        try
        {
            // The limit holds for the callers even where the driver does not listen to it.
            return await jobs.ProbeDatabase(limit.Token).WaitAsync(limit.Token);
        }
        catch (Exception exception)
        {
            logger.DatabaseCheckFailed(exception);
            return new DatabaseStatus(false, null, null) { UnavailableReason = exception.Message };
        }
    }
}
