using OpsMantik.Functions.Tests.Support;
using OpsMantik.Local.GoogleEmulator;

namespace OpsMantik.Functions.Tests.Scenarios;

/// <summary>What the instruments say right after a run.</summary>
internal sealed class MetricsTests : Scenario
{
    private const string Provider = "provider=google_ads";

    [Test]
    public async Task Rows_are_counted_by_outcome_and_category()
    {
        var site = await AddSiteAsync(1);
        await Database.EnqueueAsync(site, 3, "good");
        await Database.EnqueueAsync(site, 2, "err-EXPIRED_EVENT");
        await Database.EnqueueAsync(site, 1, "err-INTERNAL_ERROR");
        await Database.EnqueueAsync(site, 1, "err-NO_CONVERSION_ACTION_FOUND");
        await Database.EnqueueAsync(await AddSiteAsync(2, "CANARY-revoked"), 4, "revoked");
        await using var worker = NewWorker();
        using var metrics = new RecordedMetrics(worker.Meters);

        await worker.UploadAsync();

        Assert.That(metrics.Of("opsmantik.rows"), Is.EquivalentTo(new Dictionary<string, double>
        {
            [$"category=none outcome=completed {Provider}"] = 3,
            [$"category=validation outcome=failed {Provider}"] = 2,
            [$"category=transient outcome=retry {Provider}"] = 1,
            [$"category=configuration outcome=retry {Provider}"] = 1,
            [$"category=auth outcome=failed {Provider}"] = 4,
        }));
    }

    [Test]
    public async Task A_submitted_row_counts_again_when_it_is_settled()
    {
        var site = await Database.AddSiteAsync();
        await Database.AddCredentialsAsync(Worker.Vault, site, CustomerId(1), uploadApi: "data_manager");
        await Database.EnqueueAsync(site, 2);
        await using var worker = NewWorker();
        using var metrics = new RecordedMetrics(worker.Meters);

        await worker.UploadAsync();
        var submitted = metrics.Of("opsmantik.rows");
        await Database.ExecuteAsync("update provider_upload_requests set next_check_at = now()");
        await Eventually.TrueAsync(() => worker.ConfirmAsync().GetAwaiter().GetResult().Completed == 2 || MakeRequestsDue(), "settled");

        Assert.Multiple(() =>
        {
            Assert.That(submitted, Is.EquivalentTo(new Dictionary<string, double>
            {
                [$"category=none outcome=submitted {Provider}"] = 2,
            }));
            Assert.That(metrics.Of("opsmantik.rows")[$"category=none outcome=completed {Provider}"], Is.EqualTo(2));
            Assert.That(
                metrics.CountsOf("opsmantik.provider.call.duration").Keys,
                Is.EquivalentTo(new[]
                {
                    $"api=data_manager.ingest {Provider} result=200",
                    $"api=data_manager.status {Provider} result=200",
                    $"api=oauth.token {Provider} result=ok",
                }));
        });

        bool MakeRequestsDue()
        {
            Database.ExecuteAsync("update provider_upload_requests set next_check_at = now()").GetAwaiter().GetResult();
            return false;
        }
    }

    [Test]
    public async Task Corrections_are_counted_by_kind_and_outcome_and_are_no_rows()
    {
        await Database.EnqueueAsync(await AddSiteAsync(1), 3);
        await using var worker = NewWorker();
        await worker.UploadAsync();
        await Database.ExecuteAsync("update sales set amount_cents = 7000 where id <> (select min(id::text)::uuid from sales)");
        await Database.ExecuteAsync("update sales set status = 'CANCELED' where id = (select min(id::text)::uuid from sales)");
        using var metrics = new RecordedMetrics(worker.Meters);

        await worker.UploadAsync();

        Assert.That(metrics.Of("opsmantik.corrections"), Is.EquivalentTo(new Dictionary<string, double>
        {
            [$"category=none kind=restate outcome=completed {Provider}"] = 2,
            [$"category=none kind=retract outcome=completed {Provider}"] = 1,
        }));
        Assert.That(metrics.Of("opsmantik.rows"), Is.Empty);
    }

    [Test]
    public async Task Rows_that_go_back_unsent_are_counted_as_released()
    {
        await Database.EnqueueAsync(await AddSiteAsync(1), 3);
        Google.SetBehaviour(null, CallBehaviour.Hang);
        await using var worker = NewWorker();
        using var metrics = new RecordedMetrics(worker.Meters);
        using var stopping = new CancellationTokenSource();

        var run = worker.UploadAsync(stopping: stopping.Token);
        await Eventually.TrueAsync(() => Google.Calls.Count == 1, "a batch in flight");
        await stopping.CancelAsync();
        await run;

        Assert.Multiple(() =>
        {
            Assert.That(metrics.Of("opsmantik.rows"), Is.EquivalentTo(new Dictionary<string, double>
            {
                [$"category=none outcome=released {Provider}"] = 3,
            }));
            Assert.That(
                metrics.CountsOf("opsmantik.provider.call.duration"),
                Does.ContainKey($"api=google_ads.upload {Provider} result=cancelled"));
        });
    }

    [Test]
    public async Task Calls_claims_and_write_backs_are_timed()
    {
        await Database.EnqueueAsync(await AddSiteAsync(1), 2, "good");
        await Database.EnqueueAsync(await AddSiteAsync(2), 2, "bad");
        Google.SetBehaviour(CustomerId(2), CallBehaviour.ServerError());
        await using var worker = NewWorker();
        using var metrics = new RecordedMetrics(worker.Meters);

        await worker.UploadAsync();

        Assert.Multiple(() =>
        {
            Assert.That(metrics.CountsOf("opsmantik.claim.duration")[""], Is.EqualTo(2), "the second found nothing");
            Assert.That(metrics.CountsOf("opsmantik.writeback.duration")[""], Is.EqualTo(2));
            Assert.That(metrics.CountsOf("opsmantik.provider.call.duration"), Is.EquivalentTo(new Dictionary<string, int>
            {
                [$"api=oauth.token {Provider} result=ok"] = 2,
                [$"api=google_ads.upload {Provider} result=200"] = 1,
                [$"api=google_ads.upload {Provider} result=503"] = 1,
            }));
        });
    }

    [Test]
    public async Task A_row_as_old_as_time_hides_no_gauge()
    {
        await Database.EnqueueAsync(await AddSiteAsync(1), 1, "err-TOO_RECENT_EVENT");
        await Database.ExecuteAsync("update offline_conversion_queue set created_at = '-infinity'");
        await using var worker = NewWorker();
        using var metrics = new RecordedMetrics(worker.Meters);

        await worker.UploadAsync();

        Assert.That(metrics.Of("opsmantik.backlog.rows")[Provider], Is.EqualTo(1));
    }

    [Test]
    public async Task Gauges_show_what_the_last_run_saw_and_nothing_before_the_first()
    {
        var site = await AddSiteAsync(1);
        await Database.EnqueueAsync(site, 3, "err-TOO_RECENT_EVENT");
        var open = await AddSiteAsync(2);
        await Database.EnqueueAsync(open, 2, "held");
        await Database.SetCircuitAsync(open, "OPEN", "now() + interval '1 hour'", failures: 5);
        await Database.SetCircuitAsync(await AddSiteAsync(3), "HALF_OPEN", failures: 5);
        await Database.SetCircuitAsync(await AddSiteAsync(4), "OPEN", "'infinity'", failures: 5);
        await Database.ExecuteAsync("update provider_health_state set opened_at = now() - interval '2 hours'");
        await Database.ExecuteAsync(
            "update provider_health_state set opened_at = now() - interval '9 hours' where next_probe_at = 'infinity' or state = 'HALF_OPEN'");
        await using var worker = NewWorker();
        using var metrics = new RecordedMetrics(worker.Meters);

        var before = metrics.Of("opsmantik.backlog.rows");
        await worker.UploadAsync();
        await Database.ExecuteAsync("delete from offline_conversion_queue");

        Assert.Multiple(() =>
        {
            Assert.That(before, Is.Empty);
            Assert.That(metrics.Of("opsmantik.backlog.rows")[Provider], Is.EqualTo(5));
            Assert.That(metrics.Of("opsmantik.backlog.oldest.age")[Provider], Is.EqualTo(86_400).Within(600));
            Assert.That(metrics.Of("opsmantik.circuit.open.age")[Provider], Is.EqualTo(7_200).Within(600), "not the isolated, nor one that holds nothing back");
            Assert.That(metrics.Of("opsmantik.circuits"), Is.EquivalentTo(new Dictionary<string, double>
            {
                [$"{Provider} state=closed"] = 0,
                [$"{Provider} state=open"] = 2,
                [$"{Provider} state=half_open"] = 1,
            }));
        });
    }

    [Test]
    public async Task An_empty_queue_shows_as_zero()
    {
        await using var worker = NewWorker();
        using var metrics = new RecordedMetrics(worker.Meters);

        await worker.UploadAsync();

        Assert.Multiple(() =>
        {
            Assert.That(metrics.Of("opsmantik.backlog.rows")[Provider], Is.Zero);
            Assert.That(metrics.Of("opsmantik.backlog.oldest.age")[Provider], Is.Zero);
            Assert.That(metrics.Of("opsmantik.circuit.open.age")[Provider], Is.Zero);
            Assert.That(metrics.Of("opsmantik.credentials.revoked")[Provider], Is.Zero);
        });
    }

    [Test]
    public async Task Credentials_count_as_revoked_from_a_refusal_until_they_are_replaced()
    {
        var revoked = await AddSiteAsync(1, "CANARY-revoked");
        var inactive = await AddSiteAsync(2, "CANARY-revoked");
        foreach (var site in (Guid[])[revoked, inactive, await AddSiteAsync(3)])
            await Database.EnqueueAsync(site, 2, $"c-{site}");
        await using var worker = NewWorker();
        using var metrics = new RecordedMetrics(worker.Meters);

        await worker.UploadAsync();
        var both = metrics.Of("opsmantik.credentials.revoked")[Provider];
        await Database.ExecuteAsync("update provider_credentials set is_active = false where site_id = $1", inactive);
        await worker.UploadAsync();
        var one = metrics.Of("opsmantik.credentials.revoked")[Provider];
        await Database.ExecuteAsync("update provider_credentials set updated_at = now() where site_id = $1", revoked);
        await worker.UploadAsync();

        Assert.Multiple(() =>
        {
            Assert.That(both, Is.EqualTo(2));
            Assert.That(one, Is.EqualTo(1));
            Assert.That(metrics.Of("opsmantik.credentials.revoked")[Provider], Is.Zero);
        });
    }

    [Test]
    public async Task A_site_is_a_label_only_when_it_is_switched_on()
    {
        var site = await AddSiteAsync(1);
        await Database.EnqueueAsync(site, 2);
        await using var worker = NewWorker(("Telemetry:SiteLabels", "true"));
        using var metrics = new RecordedMetrics(worker.Meters);

        await worker.UploadAsync();

        Assert.That(metrics.Of("opsmantik.rows"), Is.EquivalentTo(new Dictionary<string, double>
        {
            [$"category=none outcome=completed {Provider} site={site}"] = 2,
        }));
    }
}
