using System.Diagnostics;
using Npgsql;
using OpsMantik.Testbed;

namespace OpsMantik.Reliability.Load;

/// <summary>How many rows have ended, five times a second; silent while the database is away.</summary>
internal sealed class Progress : IAsyncDisposable
{
    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(200);

    private readonly TestbedDatabase _database;
    private readonly CancellationTokenSource _over = new();
    private readonly Lock _gate = new();
    private readonly List<Sample> _samples = [new(Stopwatch.GetTimestamp(), 0)];
    private readonly Task _watching;

    public Progress(TestbedDatabase database)
    {
        _database = database;
        _watching = WatchAsync();
    }

    public Sample Last => Read(samples => samples[^1]);

    /// <summary>Waits until so many rows have ended.</summary>
    /// <exception cref="TimeoutException">They have not.</exception>
    public async Task UntilAsync(long ended, TimeSpan patience)
    {
        var started = Stopwatch.GetTimestamp();
        while (Last.Ended < ended)
        {
            if (Stopwatch.GetElapsedTime(started) > patience)
                throw new TimeoutException($"{Last.Ended} rows have ended, not {ended}, after {patience.TotalMinutes:0} minutes.");
            await Task.Delay(Interval / 4);
        }
    }

    /// <summary>Rows a second since then.</summary>
    public double RateSince(Sample earlier)
    {
        var last = Last;
        return (last.Ended - earlier.Ended) / Stopwatch.GetElapsedTime(earlier.Time, last.Time).TotalSeconds;
    }

    /// <summary>The first sample after a time of which this is true; null when there is none.</summary>
    public Sample? FirstAfter(long time, Func<Sample, bool> isSo) =>
        Read(samples => samples.Where(sample => sample.Time > time && isSo(sample)).Select(sample => (Sample?)sample).FirstOrDefault());

    /// <summary>The last sample before a time; null when there is none.</summary>
    public Sample? At(long time) => Read(samples =>
    {
        var place = samples.FindLastIndex(sample => sample.Time <= time);
        return place < 0 ? (Sample?)null : samples[place];
    });

    public async ValueTask DisposeAsync()
    {
        await _over.CancelAsync();
        await _watching;
        _over.Dispose();
    }

    private T Read<T>(Func<List<Sample>, T> read)
    {
        lock (_gate)
            return read(_samples);
    }

    private async Task WatchAsync()
    {
        while (!_over.IsCancellationRequested)
        {
            try
            {
                // Counters are written with the rows, and there are few of them.
                var ended = await _database.ScalarAsync<long>(
                    "select coalesce(sum(completed_total + failed_total), 0)::bigint from provider_upload_metrics");
                lock (_gate)
                    _samples.Add(new Sample(Stopwatch.GetTimestamp(), ended));
            }
            catch (NpgsqlException)
            {
                // Away. A connection of before breaks when it is used.
                _database.Admin.Clear();
            }

            await Task.WhenAny(Task.Delay(Interval, _over.Token));
        }
    }
}

/// <param name="Time">A timestamp of <see cref="Stopwatch"/>.</param>
/// <param name="Ended">Rows that had ended.</param>
internal readonly record struct Sample(long Time, long Ended);
