using Microsoft.Extensions.DependencyInjection;
using OpsMantik.Core.Database;
using OpsMantik.Core.Runs;
using OpsMantik.Functions.Tests.Hosts;

namespace OpsMantik.Functions.Tests.Web.Timers;

public class WorkerTimersTests
{
    [Test]
    public async Task The_app_has_three_timers_and_they_do_its_jobs()
    {
        List<object> done = [];
        await using var app = await RunningApp.StartAsync(services => services.AddSingleton(provider =>
            WorkerJobs.From(provider) with
            {
                Upload = (request, _) =>
                {
                    done.Add(request);
                    return Task.FromResult(UploadSummary.Nothing);
                },
                Recover = (minutes, _) =>
                {
                    done.Add(minutes);
                    return Task.FromResult(0);
                },
                Confirm = _ =>
                {
                    done.Add("confirm");
                    return Task.FromResult(ConfirmSummary.Nothing);
                },
                Reconcile = (request, _) =>
                {
                    done.Add(request);
                    return Task.FromResult(ReconcileSummary.Nothing);
                },
            }),
            ("UPLOAD_SCHEDULE", null), ("RECOVERY_SCHEDULE", null), ("CONFIRM_SCHEDULE", null), ("RECONCILE_SCHEDULE", null));

        var timers = app.Services.GetServices<TimerJob>().ToList();
        foreach (var timer in timers)
            await timer.RunAsync(CancellationToken.None);

        Assert.That(
            timers.Select(timer => $"{timer.Function} {timer.Schedule}"),
            Is.EqualTo(new[]
            {
                "ProcessOfflineConversionsTimer 0 0,10,20,30,40,50 * * * *",
                "RecoverProcessingTimer 0 0,30 * * * *",
                "ConfirmUploadsTimer 0 0,30 * * * *",
                "ReconcileUploadsTimer 0 0 6 * * *",
            }));
        Assert.That(done, Is.EqualTo(new object[] { new UploadRequest(null, null), 15, "confirm", ReconcileRequest.Scheduled }));
    }

    [Test]
    public async Task A_host_that_stops_ends_a_run_before_it_ends_the_app()
    {
        var started = new TaskCompletionSource();
        await using var app = await RunningApp.StartAsync(services => services.AddSingleton(provider =>
            WorkerJobs.From(provider) with
            {
                CheckDatabase = _ => Task.FromResult(new DatabaseStatus(true, null, null)),
                Recover = async (_, stopping) =>
                {
                    started.SetResult();
                    await Task.Delay(Timeout.Infinite, stopping);
                    return 0;
                },
            }));
        var runner = app.Services.GetRequiredService<TimerRunner>();
        using var hostStopping = new CancellationTokenSource();

        var run = runner.RunAsync(FunctionNames.RecoverProcessingTimer, hostStopping.Token);
        await started.Task;
        await hostStopping.CancelAsync();

        Assert.That(async () => await run.WaitAsync(TimeSpan.FromSeconds(20)), Throws.InstanceOf<OperationCanceledException>());
        Assert.That(app.Logs, Has.None.Contains("failed"));
    }
}
