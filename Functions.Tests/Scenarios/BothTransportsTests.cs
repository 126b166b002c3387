using OpsMantik.Core.Runs;
using OpsMantik.Functions.Tests.Support;
using OpsMantik.Local.GoogleEmulator;

namespace OpsMantik.Functions.Tests.Scenarios;

/// <summary>One canonical conversion, two ways to send it: what becomes of it is the same.</summary>
internal sealed class BothTransportsTests : Scenario
{
    /// <summary>Click ids that both of the emulator's ways understand, each after its own marker.</summary>
    private static readonly string[] Troubles =
    [
        "err-UNPARSEABLE_GCLID-proc-INVALID_GCLID",
        "err-EXPIRED_EVENT-proc-EVENT_TOO_OLD",
        "err-TOO_RECENT_EVENT-proc-TOO_RECENT_CLICK",
        "err-INTERNAL_ERROR-proc-INTERNAL_ERROR",
        "err-CUSTOM_VARIABLE_NOT_ENABLED-proc-CUSTOM_VARIABLE_NOT_ENABLED",
        "err-CLICK_CONVERSION_ALREADY_EXISTS-proc-DUPLICATE_GCLID",
    ];

    [Test]
    public async Task The_same_2000_conversions_end_the_same()
    {
        var ads = await AddSiteAsync(1);
        var dataManager = await AddDataManagerSiteAsync(2);
        foreach (var site in (Guid[])[ads, dataManager])
        {
            await Database.EnqueueAsync(site, 1_939, "good");
            foreach (var trouble in Troubles)
                await Database.EnqueueAsync(site, 10, trouble);
            await Database.EnqueueAsync(site, 1, "lost");
        }

        await Database.ExecuteAsync("update offline_conversion_queue set gclid = null where gclid like 'lost%'");
        await using var worker = NewWorker();
        var upload = await worker.UploadAsync();
        await Task.Delay(Google.ProcessingDelay + TimeSpan.FromSeconds(0.5));
        var confirm = await ConfirmAsync(worker);

        Assert.Multiple(async () =>
        {
            Assert.That(upload.Submitted, Is.EqualTo(1_999));
            Assert.That(upload.Processed, Is.EqualTo(4_000));
            Assert.That(confirm.Pending, Is.Zero);
            Assert.That(await FatesAsync(dataManager), Is.EqualTo(await FatesAsync(ads)));
            Assert.That(await FatesAsync(ads), Does.Contain("good COMPLETED 0 1939"));
            Assert.That(await SitesWithWrongCountersAsync(), Is.Empty);
        });
    }

    [Test]
    public async Task One_bad_row_never_holds_back_1999_good_ones()
    {
        var site = await AddDataManagerSiteAsync(1);
        await Database.EnqueueAsync(site, 1_998, "good");
        await Database.EnqueueAsync(site, 1, "bad-INVALID_GCLID");
        await Database.EnqueueAsync(site, 1, "mute-INVALID_GCLID");

        await using var worker = NewWorker();
        var upload = await worker.UploadAsync();

        Assert.That((upload.Submitted, upload.Failed), Is.EqualTo((1_998, 2)));
    }

    [Test]
    public async Task An_acceptance_whose_answer_is_lost_counts_once()
    {
        var site = await AddDataManagerSiteAsync(1);
        await Database.EnqueueAsync(site, 10);
        Google.QueueBehaviour(null, CallBehaviour.CutAfterAccept);
        await using var worker = NewWorker();

        var first = await worker.UploadAsync();
        await Task.Delay(Google.ProcessingDelay + TimeSpan.FromSeconds(0.5));
        await MakeDueAsync();
        await worker.UploadAsync();
        await Task.Delay(Google.ProcessingDelay + TimeSpan.FromSeconds(0.5));
        await ConfirmAsync(worker);

        Assert.Multiple(async () =>
        {
            Assert.That(first.Retry, Is.EqualTo(10));
            Assert.That(await RowsAsync(site), Does.StartWith("COMPLETED").And.EndsWith(":10"));
            Assert.That(Google.Orders.Select(order => (order.Deliveries, order.Counted)), Is.All.EqualTo((2, 1)));
        });
    }

    [Test]
    public async Task A_worker_that_died_between_acceptance_and_write_back_counts_once()
    {
        var site = await AddDataManagerSiteAsync(1);
        await Database.EnqueueAsync(site, 10);
        await using var worker = NewWorker();
        await worker.UploadAsync();
        await Database.ExecuteAsync(
            """
            delete from provider_upload_requests;
            update offline_conversion_queue
            set status = 'PROCESSING', claim_token = gen_random_uuid(), claimed_at = now() - interval '16 minutes',
                provider_request_id = null, request_index = null
            """);
        await Task.Delay(Google.ProcessingDelay + TimeSpan.FromSeconds(0.5));

        await worker.RecoverAsync();
        await worker.UploadAsync();
        await Task.Delay(Google.ProcessingDelay + TimeSpan.FromSeconds(0.5));
        await ConfirmAsync(worker);

        Assert.Multiple(async () =>
        {
            Assert.That(await RowsAsync(site), Does.StartWith("COMPLETED").And.EndsWith(":10"));
            Assert.That(Google.EffectCount, Is.EqualTo(10));
        });
    }

    [Test]
    public async Task A_site_moves_by_its_credentials_alone_and_its_rows_keep_their_identity()
    {
        var site = await AddSiteAsync(1);
        await Database.EnqueueAsync(site, 10);
        await Database.ExecuteAsync(
            """update offline_conversion_queue set payload = '{"order_id":"4711"}' where gclid = 'click-1'""");
        Google.QueueBehaviour(null, CallBehaviour.CutAfterAccept);
        await using var worker = NewWorker();
        await worker.UploadAsync();

        await Database.AddCredentialsAsync(Worker.Vault, site, CustomerId(1), "CANARY-refresh-1", "data_manager");
        await MakeDueAsync();
        await worker.UploadAsync();
        await Task.Delay(Google.ProcessingDelay + TimeSpan.FromSeconds(0.5));
        await ConfirmAsync(worker);

        Assert.Multiple(async () =>
        {
            Assert.That(await RowsAsync(site), Does.StartWith("COMPLETED"));
            Assert.That(Google.EffectCount, Is.EqualTo(10), "each sale once over both ways");
        });
    }

    private async Task<Guid> AddDataManagerSiteAsync(int number)
    {
        var site = await Database.AddSiteAsync();
        await Database.AddCredentialsAsync(
            Worker.Vault, site, CustomerId(number), $"CANARY-refresh-{number}", "data_manager");
        return site;
    }

    private async Task<ConfirmSummary> ConfirmAsync(Worker worker)
    {
        await Database.ExecuteAsync("update provider_upload_requests set next_check_at = now()");
        return await worker.ConfirmAsync();
    }

    private Task<string?> FatesAsync(Guid site) => Database.ScalarAsync<string>(
        """
        select string_agg(concat_ws(' ', f.kind, f.status, f.retry_count, f.n), E'\n' order by f.kind)
        from (
            select coalesce(substring(q.gclid from '^(.*)-[0-9]+$'), 'lost') as kind, q.status, q.retry_count, count(*) as n
            from offline_conversion_queue q
            where q.site_id = $1
            group by 1, 2, 3
        ) f
        """, site);
}
