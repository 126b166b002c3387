using System.Net;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Time.Testing;
using OpsMantik.Core.Database;
using OpsMantik.Core.Runs;
using OpsMantik.Functions.Tests.Hosts;
using OpsMantik.Functions.Tests.Support;

namespace OpsMantik.Functions.Tests.Web.Endpoints;

public class FaultTests
{
    [Test]
    public async Task A_database_that_goes_away_during_a_run_is_answered_with_503()
    {
        await using var app = await StartAsync((_, _) => throw new TimeoutException("detail-of-the-fault"));

        using var response = await app.PostAsync(Paths.Upload);

        Assert.That(response.StatusCode, Is.EqualTo(HttpStatusCode.ServiceUnavailable));
        Assert.That(await response.Content.ReadAsStringAsync(), Does.Not.Contain("CANARY-"));
    }

    [Test]
    public async Task A_run_that_outlasts_a_call_is_ended_before_the_caller_is_cut_off_and_tells_what_was_done()
    {
        var time = new FakeTimeProvider();
        var started = new TaskCompletionSource();
        await using var app = await StartAsync(
            async (_, stopping) =>
            {
                started.SetResult();
                await Task.Delay(Timeout.Infinite, stopping).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
                return new UploadSummary(3, 2, 1, 0, 0);
            },
            time);
        var answer = app.PostAsync(Paths.Upload);
        await started.Task;

        time.Advance(TimeSpan.FromSeconds(199));
        Assert.That(answer.IsCompleted, Is.False);
        // Azure's front end cuts a call off at 230 seconds; what is in flight takes at most 12 more.
        time.Advance(TimeSpan.FromSeconds(1));

        using var response = await answer;
        Assert.That(response.StatusCode, Is.EqualTo(HttpStatusCode.OK));
        Assert.That(
            await response.Content.ReadAsStringAsync(),
            Is.EqualTo("""{"ok":true,"processed":3,"completed":2,"failed":1,"retry":0,"submitted":0,"corrected":0,"note":"ended after 200 seconds, as every call is; call again, or leave the rest to the timer"}"""));
    }

    [Test]
    public async Task A_switched_off_function_is_not_found_and_named_at_start()
    {
        await using var app = await RunningApp.StartAsync(null, ("AzureWebJobs.ProcessOfflineConversions.Disabled", "1"));

        using var off = await app.PostAsync(Paths.Upload);
        using var on = await app.PostAsync(Paths.Recover);

        Assert.That(off.StatusCode, Is.EqualTo(HttpStatusCode.NotFound));
        Assert.That(on.StatusCode, Is.EqualTo(HttpStatusCode.ServiceUnavailable));
        await Eventually.TrueAsync(
            () => app.Logs.Any(line => line.Contains("Function ProcessOfflineConversions is switched off")), "named");
    }

    private static Task<RunningApp> StartAsync(
        Func<UploadRequest, CancellationToken, Task<UploadSummary>> upload, TimeProvider? time = null) =>
        RunningApp.StartAsync(services =>
        {
            if (time is not null)
                services.AddSingleton(time);
            services.AddSingleton(provider => WorkerJobs.From(provider) with
            {
                Upload = upload,
                CheckDatabase = _ => Task.FromResult(new DatabaseStatus(true, null, null)),
            });
        });
}
