using System.Net;
using System.Text.Json;
using Microsoft.Extensions.DependencyInjection;
using OpsMantik.Core.Database;
using OpsMantik.Core.Runs;
using OpsMantik.Functions.Tests.Support;

namespace OpsMantik.Functions.Tests.Functions.Endpoints;

public class FaultTests
{
    [Test]
    public async Task An_unexpected_error_is_answered_with_an_id_that_the_log_has_too_and_no_detail()
    {
        await using var app = await StartAsync((_, _) => throw new FormatException("detail-of-the-fault"));

        using var response = await app.PostAsync(Paths.Upload);

        var answer = JsonElement.Parse(await response.Content.ReadAsStringAsync());
        Assert.That(response.StatusCode, Is.EqualTo(HttpStatusCode.InternalServerError));
        Assert.That(answer.EnumerateObject().Select(field => field.Name), Is.EqualTo(new[] { "ok", "error", "correlation_id" }));
        Assert.That(answer.GetProperty("error").GetString(), Is.EqualTo("internal error"));
        var id = answer.GetProperty("correlation_id").GetString()!;
        Assert.That(id, Does.Match("^[0-9a-f]{32}$"));
        Assert.That(app.Logs.All, Has.One.Matches<string>(line => line.Contains(id) && line.Contains(nameof(FormatException))));
    }

    [Test]
    public async Task A_database_that_goes_away_during_a_run_is_answered_with_503()
    {
        await using var app = await StartAsync((_, _) => throw new TimeoutException("detail-of-the-fault"));

        using var response = await app.PostAsync(Paths.Upload);

        Assert.That(response.StatusCode, Is.EqualTo(HttpStatusCode.ServiceUnavailable));
        Assert.That(await response.Content.ReadAsStringAsync(), Does.Not.Contain("CANARY-"));
    }

    [Test]
    public async Task A_run_goes_on_when_its_caller_leaves()
    {
        var started = new TaskCompletionSource<CancellationToken>();
        var finish = new TaskCompletionSource();
        var finished = new TaskCompletionSource();
        await using var app = await StartAsync(async (_, stopping) =>
        {
            started.SetResult(stopping);
            await finish.Task.WaitAsync(stopping);
            finished.SetResult();
            return UploadSummary.Nothing;
        });
        using var caller = new CancellationTokenSource();
        using var request = new HttpRequestMessage(HttpMethod.Post, Paths.Upload);
        request.Headers.Add("Authorization", $"Bearer {RunningApp.Secret}");
        var answer = app.Http.SendAsync(request, caller.Token);
        var run = await started.Task;

        await caller.CancelAsync();
        Assert.That(async () => await answer, Throws.InstanceOf<OperationCanceledException>());
        finish.SetResult();
        await finished.Task.WaitAsync(TimeSpan.FromSeconds(20));

        Assert.That(run.IsCancellationRequested, Is.False);
    }

    [Test]
    public async Task Stopping_the_app_tells_the_run_and_its_caller()
    {
        var started = new TaskCompletionSource();
        await using var app = await StartAsync(async (_, stopping) =>
        {
            started.SetResult();
            await Task.Delay(Timeout.Infinite, stopping);
            return UploadSummary.Nothing;
        });
        var answer = app.PostAsync(Paths.Upload);
        await started.Task;

        await app.StopAsync();

        using var response = await answer;
        Assert.That(response.StatusCode, Is.EqualTo(HttpStatusCode.ServiceUnavailable));
        Assert.That(
            await response.Content.ReadAsStringAsync(), Is.EqualTo("""{"ok":false,"error":"the app is stopping"}"""));
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
            () => app.Logs.All.Any(line => line.Contains("Function ProcessOfflineConversions is switched off")), "named");
    }

    private static Task<RunningApp> StartAsync(Func<UploadRequest, CancellationToken, Task<UploadSummary>> upload) =>
        RunningApp.StartAsync(services => services.AddSingleton(provider => WorkerJobs.From(provider) with
        {
            Upload = upload,
            CheckDatabase = _ => Task.FromResult(new DatabaseStatus(true, null, null)),
        }));
}
