using System.Collections.Concurrent;
using System.Diagnostics.Metrics;

namespace OpsMantik.Core.Metrics;

/// <summary>
/// Seconds since each job last ended well in this process, whoever called it. A job that never did has no age: counted
/// from the start of the process it would look young for as long as processes die young.
/// </summary>
internal sealed class TickClock(TimeProvider time)
{
    private readonly ConcurrentDictionary<string, long> _last = [];

    public void Ticked(string job) => _last[job] = time.GetTimestamp();

    public IEnumerable<Measurement<double>> Ages() => _last.Select(tick => new Measurement<double>(
        time.GetElapsedTime(tick.Value).TotalSeconds, new KeyValuePair<string, object?>("job", tick.Key)));
}
