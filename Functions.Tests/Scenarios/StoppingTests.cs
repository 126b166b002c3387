using OpsMantik.Core.Operations;
using OpsMantik.Functions.Tests.Support;
using OpsMantik.Local.GoogleEmulator;

namespace OpsMantik.Functions.Tests.Scenarios;

internal sealed class StoppingTests : Scenario
{
    [Test]
    public async Task A_stop_lets_the_batch_in_flight_finish_and_gives_the_rest_back()
    {
        Google.SetBehaviour(null, CallBehaviour.Latency(TimeSpan.FromSeconds(1)));
        for (var number = 1; number <= 6; number++)
            await Database.EnqueueAsync(await AddSiteAsync(number), 5, $"click-{number}");
        await using var worker = NewWorker(("Upload:MaxParallelGroups", "2"));
        using var stop = new CancellationTokenSource();

        var run = worker.UploadAsync(stopping: stop.Token);
        await Eventually.TrueAsync(() => Google.Calls.Count == 2, "two requests in flight");
        await stop.CancelAsync();
        var summary = await run;

        Assert.Multiple(async () =>
        {
            Assert.That(summary.Completed, Is.EqualTo(10));
            Assert.That(Google.Calls, Has.Count.EqualTo(2), "no new request after the stop");
            Assert.That(
                await Database.ScalarAsync<long>(
                    "select count(*) from offline_conversion_queue where status = 'QUEUED' and retry_count + claim_count = 0"),
                Is.EqualTo(20), "released unspent");
        });
    }

    [Test]
    public async Task A_site_that_is_isolated_meanwhile_sends_nothing_more_and_gets_its_rows_back()
    {
        var (site, neighbour) = (await AddSiteAsync(1), await AddSiteAsync(2));
        Google.SetBehaviour(CustomerId(1), CallBehaviour.Hang);
        await Database.EnqueueAsync(site, 4_500, "isolated");
        await Database.EnqueueAsync(neighbour, 5, "neighbour");
        await using var worker = NewWorker(("Upload:MaxParallelGroups", "2"));
        var control = worker.Get<CircuitControl>();

        var run = worker.UploadAsync();
        await Eventually.TrueAsync(
            () => Google.Calls.Any(call => call.CustomerId == CustomerId(1)), "a request of the site under way");
        var underWay = await control.IsolateAsync(site, "google_ads", "ops", CancellationToken.None);
        var calls = Google.Calls.Count(call => call.CustomerId == CustomerId(1));
        var summary = await run.WaitAsync(TimeSpan.FromSeconds(30));

        Assert.Multiple(async () =>
        {
            Assert.That(underWay, Is.GreaterThan(0));
            Assert.That(summary.Completed, Is.EqualTo(5), "the neighbour's");
            Assert.That(
                Google.Calls.Count(call => call.CustomerId == CustomerId(1)) - calls, Is.LessThanOrEqualTo(1),
                "only what started before workers knew");
            Assert.That(await RowsAsync(site), Is.EqualTo("QUEUED:4500"));
            Assert.That(
                await Database.ScalarAsync<long>("select count(*) from offline_conversion_queue where retry_count > 0"), Is.Zero);
            Assert.That(
                await Database.ScalarAsync<long>("select count(*) from offline_conversion_queue where site_id = $1 and claim_count = 1", site),
                Is.GreaterThan(0), "what may have been sent says so");
        });
    }

    [Test]
    public async Task A_spent_time_budget_gives_back_what_was_not_sent()
    {
        Google.SetBehaviour(null, CallBehaviour.Latency(TimeSpan.FromSeconds(1.5)));
        for (var number = 1; number <= 4; number++)
            await Database.EnqueueAsync(await AddSiteAsync(number), 5, $"click-{number}");
        await using var worker = NewWorker(("Upload:MaxParallelGroups", "1"), ("Upload:TimeBudget", "00:00:01"));

        var summary = await worker.UploadAsync();

        Assert.Multiple(async () =>
        {
            Assert.That(summary.Completed, Is.EqualTo(5), "the one request that was under way");
            Assert.That(
                await Database.ScalarAsync<long>("select count(*) from offline_conversion_queue where status = 'QUEUED'"),
                Is.EqualTo(15));
        });
    }

    [Test]
    public async Task Each_run_logs_the_backlog_and_the_failures_of_the_last_hour()
    {
        var site = await AddSiteAsync(1);
        await Database.EnqueueAsync(site, 2, "err-EXPIRED_EVENT");
        await Database.EnqueueAsync(site, 1, "err-INTERNAL_ERROR");
        await using var worker = NewWorker();

        await worker.UploadAsync();

        Assert.That(worker.Logs, Has.Some.Contains("Queue by provider: google_ads backlog=1 failed_last_hour=2"));
        Assert.That(worker.Logs, Has.Some.Contains("processed=3 completed=0 failed=2 retry=1"));
    }
}
