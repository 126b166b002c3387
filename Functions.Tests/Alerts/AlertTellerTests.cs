using System.Net.Http.Headers;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using OpsMantik.Core.Runs;
using OpsMantik.Core.Status;
using OpsMantik.Functions.Tests.Hosts;
using OpsMantik.Functions.Tests.Support;

namespace OpsMantik.Functions.Tests.Alerts;

/// <summary>Operators are told after a run, however it ended, and nobody waits long for that.</summary>
internal sealed class AlertTellerTests : AlertScenario
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    [TestCase(false)]
    [TestCase(true)]
    public async Task A_run_that_throws_or_is_cancelled_is_told_after_and_its_error_waits_for_nobody(bool isCancelled)
    {
        await RevokedSiteAsync();
        var answer = new TaskCompletionSource<int>();
        Receiver.Answer = _ => answer.Task;
        await using var app = await StartAppAsync();
        var run = isCancelled ? Task.FromCanceled<int>(new CancellationToken(true)) : Task.FromException<int>(new InvalidOperationException("its own"));

        var after = app.Services.GetRequiredService<AlertTeller>().AfterAsync(run);
        var error = Assert.CatchAsync(() => after.WaitAsync(Patience));

        Assert.That(error, isCancelled ? Is.InstanceOf<OperationCanceledException>() : Is.InstanceOf<InvalidOperationException>().With.Message.EqualTo("its own"));
        await Eventually.TrueAsync(() => Receiver.Got.Count == 1, "it was told");
        answer.SetResult(200);
        await ToldAsync().WaitAsync(Patience);
    }

    [Test]
    public async Task A_caller_does_not_wait_for_a_slow_receiver()
    {
        await RevokedSiteAsync();
        var answer = new TaskCompletionSource<int>();
        Receiver.Answer = _ => answer.Task;
        await using var app = await StartAppAsync();
        using var request = new HttpRequestMessage(HttpMethod.Post, Routes.PathOf(Routes.RecoverProcessing));
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", HostedWorker.Secret);

        using var response = await app.Http.SendAsync(request);

        Assert.That(response.IsSuccessStatusCode, Is.True);
        Assert.That(
            await Database.ScalarAsync<string>("select concat_ws(' ', told_at is null, last_error is null, leased_until is not null) from operator_alerts where kind = 'REVOKED'"),
            Is.EqualTo("t t t"), "the receiver has not answered, nor was it given up");
        answer.SetResult(200);
    }

    [Test]
    public async Task A_job_that_never_ran_is_told_of_when_the_other_has_run_for_two_of_its_times()
    {
        await using var app = await StartAppAsync();
        var jobs = app.Services.GetRequiredService<WorkerJobs>();

        await jobs.Upload(new UploadRequest(), CancellationToken.None);
        await jobs.Upload(new UploadRequest(), CancellationToken.None);
        Assert.That(Types(), Is.Empty, "a first start is no alarm");
        await MakeAlertsDueAsync();
        await jobs.Upload(new UploadRequest(), CancellationToken.None);
        await Eventually.TrueAsync(() => Receiver.Got.Count >= 3, "what never ran is told");
        Assert.That(Receiver.Got.Select(got => got.Body), Has.Exactly(3).Contains("job.late").And.Exactly(1).Contains("job recovery: has not run for two of its times"));

        await jobs.Recover(15, CancellationToken.None);
        await Eventually.TrueAsync(() => Receiver.Got.Count >= 4, "and that it runs");
        Assert.That(Types()[3..], Is.EqualTo(new[] { "job.mended" }));
    }

    [Test]
    public async Task A_job_that_runs_in_time_for_the_first_time_is_told_of_neither_as_late_nor_as_mended()
    {
        await using var app = await StartAppAsync();
        var jobs = app.Services.GetRequiredService<WorkerJobs>();

        await jobs.Upload(new UploadRequest(), CancellationToken.None);
        await jobs.Recover(15, CancellationToken.None);
        await MakeAlertsDueAsync();
        await jobs.Upload(new UploadRequest(), CancellationToken.None);

        Assert.That(Receiver.Got.Select(got => got.Body), Has.None.Contains("job recovery"));
    }

    [TestCase(29, false, Description = "two times and the grace are not over")]
    [TestCase(31, true)]
    public void A_job_is_late_when_it_missed_two_of_its_times(int minutes, bool late)
    {
        var ended = new DateTime(2026, 11, 28, 10, 0, 1, DateTimeKind.Utc);

        Assert.That(Lateness().Find([new JobTick("upload", ended)], ended.AddMinutes(minutes)).Any(one => one.Job == "upload"), Is.EqualTo(late));
    }

    [Test]
    public void A_job_that_never_ran_is_late_after_its_second_time_from_now_and_never_where_it_is_switched_off()
    {
        var now = new DateTime(2026, 11, 28, 10, 0, 1, DateTimeKind.Utc);

        var found = Lateness(("AzureWebJobs.ReconcileUploadsTimer.Disabled", "true")).Find([new JobTick("upload", now)], now).ToList();

        Assert.That(found.Select(late => (late.Job, late.At)), Is.EqualTo(new[] { ("recovery", now.AddSeconds(-1).AddMinutes(70)), ("confirm", now.AddSeconds(-1).AddMinutes(70)) }));
        Assert.That(found.Select(late => late.At.Kind), Is.All.EqualTo(DateTimeKind.Utc));
    }

    private async Task ToldAsync()
    {
        while (!await Database.ScalarAsync<bool>("select told_at is not null from operator_alerts where kind = 'REVOKED'"))
            await Task.Delay(20);
    }

    private static JobLateness Lateness(params (string Name, string Value)[] settings) => new(
        new ConfigurationBuilder().AddInMemoryCollection(settings.Select(setting => KeyValuePair.Create(setting.Name, (string?)setting.Value))).Build());
}
