using System.Collections.Concurrent;
using System.Data.Common;
using OpsMantik.Core.Queue;

namespace OpsMantik.Core.Runs;

/// <summary>
/// Stops a run's uploads for a site that an operator isolates meanwhile (<c>circuit isolate</c>, the emergency brake): groups that
/// wait in memory are not sent, and a request under way is dropped. Within 5 seconds: a look every two, and the time that a look
/// may take.
/// </summary>
internal sealed class IsolationWatch : IAsyncDisposable
{
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(2);

    private readonly IConversionQueue _queue;
    private readonly string _providerKey;
    private readonly TimeProvider _time;
    private readonly ConcurrentDictionary<UploadPermit, bool> _permits = [];
    private readonly CancellationTokenSource _ended = new();
    private readonly Task _watching;

    private volatile IReadOnlySet<Guid> _isolated = new HashSet<Guid>();

    public IsolationWatch(IConversionQueue queue, string providerKey, TimeProvider time)
    {
        (_queue, _providerKey, _time) = (queue, providerKey, time);
        _watching = WatchAsync();
    }

    /// <summary>For one group's upload.</summary>
    /// <param name="abandon">Drops even a request under way.</param>
    public UploadPermit Enter(Guid siteId, CancellationToken abandon)
    {
        var permit = new UploadPermit(siteId, ended => _permits.TryRemove(ended, out _), abandon);
        _permits[permit] = true;
        // After it is listed: a look in between misses none.
        if (_isolated.Contains(siteId))
            permit.Revoke();
        return permit;
    }

    public async ValueTask DisposeAsync()
    {
        End();
        await _watching;
        _ended.Dispose();
    }

    // On this thread: CancelAsync would go on from the thread pool, which the simulation has not.
    private void End() => _ended.Cancel();

    private async Task WatchAsync()
    {
        try
        {
            while (true)
            {
                await Task.Delay(Interval, _time, _ended.Token);
                await LookAsync();
            }
        }
        catch (OperationCanceledException) when (_ended.IsCancellationRequested)
        {
        }
    }

    private async Task LookAsync()
    {
        try
        {
            _isolated = await _queue.ReadIsolatedAsync(_providerKey, _ended.Token);
        }
        catch (DbException)
        {
            // Nobody can isolate a site while the database is away; the next look is in two seconds.
            return;
        }

        foreach (var permit in _permits.Keys)
        {
            if (_isolated.Contains(permit.SiteId))
                permit.Revoke();
        }
    }
}

/// <summary>Leave to upload a group, until it is revoked.</summary>
internal sealed class UploadPermit(Guid siteId, Action<UploadPermit> onEnd, CancellationToken abandon) : IDisposable
{
    private readonly CancellationTokenSource _source = CancellationTokenSource.CreateLinkedTokenSource(abandon);
    private readonly Lock _lock = new();
    private bool _ended;

    public Guid SiteId => siteId;

    /// <summary>Cancelled when even a request under way has to be dropped.</summary>
    public CancellationToken Abandon => _source.Token;

    public void Revoke()
    {
        lock (_lock)
        {
            if (!_ended)
                _source.Cancel();
        }
    }

    public void Dispose()
    {
        onEnd(this);
        lock (_lock)
            _ended = true;
        _source.Dispose();
    }
}
