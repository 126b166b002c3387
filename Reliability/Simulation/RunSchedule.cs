using OpsMantik.Reliability.Simulation.Store;
using OpsMantik.Reliability.Simulation.Workers;

namespace OpsMantik.Reliability.Simulation;

/// <summary>The timers: who starts a run, and when. While nothing can be due, the hours are skipped.</summary>
internal sealed class RunSchedule(World world, WorkerPool pool, RunStarter starter)
{
    private static readonly TimeSpan UploadInterval = TimeSpan.FromMinutes(10);

    private DateTimeOffset _upload = world.Now;
    private DateTimeOffset _confirm = world.Now;
    private DateTimeOffset _recover = world.Now;

    public DateTimeOffset Next => new[] { _upload, _confirm, _recover }.Min();

    public void Ring()
    {
        if (_upload <= world.Now)
        {
            _upload = world.Now + UploadInterval;
            StartSome(RunKind.Upload);
        }

        if (_confirm <= world.Now)
        {
            _confirm = world.Now + world.RecoveryInterval;
            StartSome(RunKind.Confirm);
        }

        if (_recover <= world.Now)
        {
            _recover = world.Now + world.RecoveryInterval;
            StartOne(RunKind.Recover);
        }
    }

    public void RecoverByHand()
    {
        if (pool.Running is { Count: > 0 } running)
            starter.Start(running[world.Random.Next(running.Count)], RunKind.Recover, minAgeMinutes: 1);
    }

    /// <summary>Leaves out the runs that would find nothing to do.</summary>
    /// <param name="latest">Until when at most.</param>
    public void Skip(DateTimeOffset latest)
    {
        var due = NextDue() is var next && next < latest ? next : latest;
        _upload = FirstFrom(due, _upload, UploadInterval);
        _confirm = FirstFrom(due, _confirm, world.RecoveryInterval);
        _recover = FirstFrom(due, _recover, world.RecoveryInterval);
    }

    private static DateTimeOffset FirstFrom(DateTimeOffset due, DateTimeOffset tick, TimeSpan interval) =>
        due <= tick || due == DateTimeOffset.MaxValue ? tick : tick + interval * Math.Ceiling((due - tick) / interval);

    // A run may come twice, by its timer and by hand.
    private void StartSome(RunKind kind)
    {
        StartOne(kind);
        while (world.Random.Next(3) == 0)
            StartOne(kind);
    }

    private void StartOne(RunKind kind)
    {
        if (pool.Running is { Count: > 0 } running)
            starter.Start(running[world.Random.Next(running.Count)], kind);
    }

    private DateTimeOffset NextDue()
    {
        var rows = world.Store.Rows.Where(row => !row.IsTerminal && row.Status != RowStatus.Submitted).Select(row => row.IsWaiting
            ? row.DueAt
            : row.ClaimedAt!.Value.AddMinutes(15));
        var requests = world.Store.Requests.Where(request => request.SettledAt is null).Select(request => request.NextCheckAt);
        // What waits for its row is due when the row is.
        var corrections = world.Store.Corrections
            .Where(each => each.IsUnderWay || (each.IsWaiting && world.Store.MayCorrect(each)))
            .Select(each => each.IsWaiting ? each.DueAt : each.ClaimedAt!.Value.AddMinutes(15));
        return rows.Concat(requests).Concat(corrections).DefaultIfEmpty(DateTimeOffset.MaxValue).Min();
    }
}
