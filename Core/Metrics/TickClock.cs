using System.Diagnostics.Metrics;

namespace OpsMantik.Core.Metrics;

/// <summary>
/// Seconds since each job last ended well in this process, whoever called it. Before the first time they count from the
/// start of the process, so that one whose runs never succeed grows old like one whose runs stopped.
/// </summary>
internal sealed class TickClock(TimeProvider time)
{
    private long _upload = time.GetTimestamp();
    private long _recovery = time.GetTimestamp();
    private long _confirm = time.GetTimestamp();

    public void Ticked(string job) => Volatile.Write(ref SlotOf(job), time.GetTimestamp());

    public IEnumerable<Measurement<double>> Ages() =>
        [Age(WorkerJob.Upload), Age(WorkerJob.Recovery), Age(WorkerJob.Confirm)];

    private Measurement<double> Age(string job) => new(
        time.GetElapsedTime(Volatile.Read(ref SlotOf(job))).TotalSeconds, new KeyValuePair<string, object?>("job", job));

    private ref long SlotOf(string job)
    {
        switch (job)
        {
            case WorkerJob.Upload: return ref _upload;
            case WorkerJob.Recovery: return ref _recovery;
            default: return ref _confirm;
        }
    }
}
