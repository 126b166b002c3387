using Microsoft.Extensions.DependencyInjection;
using OpsMantik.Core.Runs;
using OpsMantik.Functions.Timers;

namespace OpsMantik.Functions.Tests.Functions.Timers;

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
            }));

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
            }));
        Assert.That(done, Is.EqualTo(new object[] { new UploadRequest(null, null), 15, "confirm" }));
    }
}
