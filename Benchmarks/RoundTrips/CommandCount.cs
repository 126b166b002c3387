using System.Diagnostics;

namespace OpsMantik.Benchmarks.RoundTrips;

/// <summary>Counts what Npgsql sends to one database: a command, or a whole batch, is one activity and one round trip.</summary>
internal sealed class CommandCount : IDisposable
{
    private readonly ActivityListener _listener;
    private int _total;

    public CommandCount(string database)
    {
        _listener = new ActivityListener
        {
            ShouldListenTo = source => source.Name == "Npgsql",
            Sample = (ref _) => ActivitySamplingResult.AllData,
            ActivityStopped = activity =>
            {
                // Opening a connection of the pool is an activity without SQL.
                if (database.Equals(activity.GetTagItem("db.namespace")) && activity.GetTagItem("db.query.text") is not null)
                    Interlocked.Increment(ref _total);
            },
        };
        ActivitySource.AddActivityListener(_listener);
    }

    public int Total => _total;

    public void Dispose() => _listener.Dispose();
}
