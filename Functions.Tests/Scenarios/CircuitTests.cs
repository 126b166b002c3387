using OpsMantik.Functions.Tests.Support;
using OpsMantik.Local.GoogleEmulator;

namespace OpsMantik.Functions.Tests.Scenarios;

/// <summary>The runbook's circuit breaker, run after run.</summary>
internal sealed class CircuitTests : Scenario
{
    [Test]
    public async Task An_outage_opens_a_probe_closes_and_nothing_is_lost()
    {
        var site = await AddSiteAsync(1);
        await Database.EnqueueAsync(site, 20);
        Google.SetBehaviour(null, CallBehaviour.ServerError());
        await using var worker = NewWorker();

        for (var run = 1; run <= 5; run++)
        {
            await worker.UploadAsync();
            await MakeDueAsync();
        }

        var afterFive = await StateAsync();
        var callsBefore = Google.Calls.Count;
        var gated = await worker.UploadAsync();
        var callsGated = Google.Calls.Count - callsBefore;

        Google.SetBehaviour(null, CallBehaviour.Normal);
        await Database.ExecuteAsync("update provider_health_state set next_probe_at = now()");
        await MakeDueAsync();
        var probe = await worker.UploadAsync();
        var afterProbe = await StateAsync();
        var rest = await worker.UploadAsync();

        Assert.Multiple(async () =>
        {
            Assert.That(afterFive, Is.EqualTo("OPEN 5"));
            Assert.That((gated.Processed, callsGated), Is.EqualTo((0, 0)), "no upload for an open group");
            Assert.That(probe.Completed, Is.EqualTo(5), "one probe of probe_limit rows in this run");
            Assert.That(afterProbe, Is.EqualTo("CLOSED 0"));
            Assert.That(rest.Completed, Is.EqualTo(15));
            Assert.That(await RowsAsync(site), Is.EqualTo("COMPLETED:20"));
            Assert.That(
                await Database.ScalarAsync<int>("select max(retry_count) from offline_conversion_queue"), Is.EqualTo(5),
                "waiting for the circuit spent nothing");
        });
    }

    [Test]
    public async Task After_seven_attempts_a_row_fails_with_its_last_reason()
    {
        var site = await AddSiteAsync(1);
        await Database.EnqueueAsync(site, 1);
        Google.SetBehaviour(null, CallBehaviour.ServerError());
        await using var worker = NewWorker();

        for (var run = 1; run <= 7; run++)
        {
            await Database.ExecuteAsync("update provider_health_state set state = 'CLOSED', failure_count = 0");
            await MakeDueAsync();
            await worker.UploadAsync();
        }

        Assert.That(await RowsAsync(site), Is.EqualTo("FAILED/HTTP_503:1"));
        Assert.That(await Database.ScalarAsync<int>("select retry_count from offline_conversion_queue"), Is.EqualTo(7));
    }

    [Test]
    public async Task A_probe_that_google_never_answers_frees_itself()
    {
        await Database.EnqueueAsync(await AddSiteAsync(1), 20);
        var site = await Database.ScalarAsync<Guid>("select id from sites");
        await Database.SetCircuitAsync(site, "OPEN", "now()", failures: 5);
        Google.SetBehaviour(null, CallBehaviour.Hang);
        await using var worker = NewWorker(("GoogleAds:RequestTimeout", "00:00:01"));

        await worker.UploadAsync();

        Assert.That(await StateAsync(), Does.StartWith("OPEN"));
    }

    private Task<string?> StateAsync() =>
        Database.ScalarAsync<string>("select concat_ws(' ', state, failure_count) from provider_health_state");
}
