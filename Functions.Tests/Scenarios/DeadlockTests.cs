using OpsMantik.Core.Providers;
using OpsMantik.Core.Queue;
using OpsMantik.Core.Runs;
using OpsMantik.Functions.Tests.Support;

namespace OpsMantik.Functions.Tests.Scenarios;

/// <summary>A delete of the dashboard's that holds one row of a batch and waits for another: the worker gives way.</summary>
internal sealed class DeadlockTests : Scenario
{
    // Longer than deadlock_timeout: the worker has looked for a deadlock before there is one, and the delete would find it.
    private static readonly TimeSpan AfterTheFirstLook = TimeSpan.FromSeconds(1.3);

    [TestCase(true)]
    [TestCase(false)]
    public async Task The_delete_succeeds_and_the_other_rows_are_written(bool release)
    {
        var site = await AddSiteAsync(1);
        await Database.EnqueueAsync(site, 5);
        await using var worker = NewWorker();
        var group = (await worker.Get<IConversionQueue>().ClaimAsync(
            new ClaimRequest("google_ads", Guid.NewGuid(), 10, 10), CancellationToken.None)).Single();
        var ids = group.Jobs.Select(job => job.Id).Order().ToArray();
        await using var delete = await RowDelete.BeginAsync(Database);
        // In whatever order the worker locks them, it has one of the others when it comes to this.
        await delete.DeleteAsync(ids[2]);

        var work = release
            ? worker.Get<GroupWriteBack>().ReleaseAsync(group, maySent: true)
            : worker.Get<GroupWriteBack>().WriteAsync(
                group,
                // Not in the order of their ids.
                [.. group.Jobs.OrderByDescending(job => job.Id).Select(
                    job => RetryPolicy.Apply(job.Id, 0, UploadOutcome.Completed(), "order", 0))],
                CircuitSignal.Success,
                TimeSpan.Zero);
        await Task.Delay(AfterTheFirstLook);
        await delete.DeleteAsync(ids[0]);
        await delete.DeleteAsync(ids[^1]);
        await delete.CommitAsync();
        await work;

        Assert.That(await RowsAsync(site), Is.EqualTo(release ? "QUEUED:2" : "COMPLETED:2"));
    }
}
