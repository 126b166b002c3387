using OpsMantik.Core.Reconciliation;
using OpsMantik.Core.Runs;
using OpsMantik.Functions.Tests.Scenarios;
using OpsMantik.Functions.Tests.Support;
using OpsMantik.Local.GoogleEmulator;
using OpsMantik.Local.GoogleEmulator.GoogleAds;

namespace OpsMantik.Functions.Tests.Reconciliation;

/// <summary>What Google counted beside what was sent: real uploads, a real database, real HTTP to the emulator.</summary>
internal sealed class ReconcileRunTests : Scenario
{
    private static readonly (string, string) AtOnce = ("Reconcile:SettleAfter", "00:00:00");

    [Test]
    public async Task What_was_sent_and_counted_agrees_and_no_row_changes()
    {
        var site = await AddSiteAsync(1);
        await Database.EnqueueAsync(site, 12);
        await using var worker = NewWorker(AtOnce);
        await worker.UploadAsync();
        var rows = await SnapshotAsync();

        var summary = await RunAsync(worker);

        Assert.That(summary, Is.EqualTo(new ReconcileSummary(1, 1, 0, 0, 0, 0)));
        Assert.That(await DaysAsync(site), Is.EqualTo("sent 12 accepted 12 counted 12 failed 0 pending 0"));
        Assert.That(await SnapshotAsync(), Is.EqualTo(rows), "it reads, it changes no row");
        var read = await ReadAsync(worker, site);
        Assert.That(read.Comparison.Verdict, Is.EqualTo(CountVerdict.Agrees));
        Assert.That((read.AccountId, read.TimeZone, read.ActionId), Is.EqualTo((CustomerId(1), "Europe/Istanbul", "456")));
        Assert.That(read.Actions.Single().Client, Is.EqualTo("GOOGLE_ADS_API"));
    }

    [Test]
    public async Task Fewer_counted_names_how_many_by_which_error_and_in_which_batch()
    {
        var site = await AddSiteAsync(1);
        Google.SetAccount(CustomerId(1), new AdsAccount { Summaries = new SummaryDeviation { Uncounted = 8, Error = "EVENT_NOT_FOUND" } });
        await Database.EnqueueAsync(site, 40);
        await using var worker = NewWorker(AtOnce);
        await worker.UploadAsync();

        var summary = await RunAsync(worker);

        Assert.That(summary, Is.EqualTo(new ReconcileSummary(1, 0, 1, 0, 0, 1)));
        var read = await ReadAsync(worker, site);
        Assert.That((read.Comparison.Missing, read.Comparison.Reason, read.Comparison.NeedsPerson), Is.EqualTo((8, "EVENT_NOT_FOUND", true)));
        Assert.That(read.Cause!.Code, Is.EqualTo("EVENT_NOT_FOUND"));
        Assert.That(
            await Database.ScalarAsync<string>("select alerts::text from provider_reconciliation_days where alerts <> '[]'"),
            Is.EqualTo("""[{"error": "EVENT_NOT_FOUND", "share": 0.2}]"""));
        // The job number leads from Google's summary to the line of the ledger.
        var batch = await Database.ScalarAsync<string>("select batch_id from provider_upload_attempts where phase = 'FINISHED'");
        Assert.That(read.Batches.Single() with { At = default }, Is.EqualTo(
            new ReconciledBatch(batch!, default, Google.Calls.Single().JobId!.Value, 40, 32, 8, 0)));
        Assert.That(worker.Logs, Has.Some.Contains($"Site={site} provider=google_ads: 32 of 40 accepted conversions are counted, 8 are missing"));
    }

    [Test]
    public async Task Pending_and_too_young_conversions_are_not_missing()
    {
        var (pending, young) = (await AddSiteAsync(1), await AddSiteAsync(2));
        Google.SetAccount(CustomerId(1), new AdsAccount { Summaries = new SummaryDeviation { Pending = 30 } });
        Google.SetAccount(CustomerId(2), new AdsAccount { Summaries = new SummaryDeviation { Uncounted = 30 } });
        await Database.EnqueueAsync(pending, 40);
        await Database.EnqueueAsync(young, 40);
        await using var worker = NewWorker();
        await worker.UploadAsync();

        await RunAsync(worker);
        Assert.That((await ReadAsync(worker, young)).Comparison.Reason, Is.EqualTo("NO_UPLOAD"), "nothing is older than six hours");
        await using var later = NewWorker(AtOnce);
        await RunAsync(later);

        Assert.That((await ReadAsync(worker, pending)).Comparison.Verdict, Is.EqualTo(CountVerdict.Agrees));
        Assert.That((await ReadAsync(worker, young)).Comparison.Missing, Is.EqualTo(30));
    }

    [Test]
    public async Task One_sites_refusal_quota_outage_or_credentials_stop_no_other()
    {
        var sites = new Guid[7];
        for (var i = 0; i < sites.Length; i++)
        {
            sites[i] = await AddSiteAsync(i + 1);
            await Database.EnqueueAsync(sites[i], 3);
        }

        await using var worker = NewWorker(AtOnce, ("GoogleAds:RequestTimeout", "00:00:01"));
        await worker.UploadAsync();
        Google.SetBehaviour(CustomerId(1), CallBehaviour.Forbidden, CallTarget.Search);
        Google.SetBehaviour(CustomerId(2), CallBehaviour.QuotaDaily(), CallTarget.Search);
        Google.SetBehaviour(CustomerId(3), CallBehaviour.ServerError(), CallTarget.Search);
        Google.SetBehaviour(CustomerId(4), CallBehaviour.Hang, CallTarget.Search);
        Google.SetBehaviour(CustomerId(5), CallBehaviour.Garbage, CallTarget.Search);
        await Database.ExecuteAsync("update provider_credentials set encrypted_payload = 'broken' where site_id = $1", sites[5]);

        var summary = await RunAsync(worker);

        Assert.That(summary, Is.EqualTo(new ReconcileSummary(7, 1, 0, 6, 6, 0)));
        string[] expected =
        [
            "NO_PERMISSION USER_PERMISSION_DENIED", "NO_ANSWER RESOURCE_EXHAUSTED", "NO_ANSWER HTTP_503", "NO_ANSWER TIMEOUT",
            "NO_ANSWER INVALID_RESPONSE", "NO_PERMISSION CREDENTIALS_UNREADABLE", " ",
        ];
        for (var i = 0; i < sites.Length; i++)
        {
            var read = await ReadAsync(worker, sites[i]);
            Assert.That($"{read.Comparison.Reason} {read.FaultCode}", Is.EqualTo(expected[i]));
        }
    }

    [Test]
    public async Task An_outage_keeps_the_last_answer_and_a_refusal_ends_it()
    {
        var site = await AddSiteAsync(1);
        Google.SetAccount(CustomerId(1), new AdsAccount { Summaries = new SummaryDeviation { Uncounted = 20 } });
        await Database.EnqueueAsync(site, 40);
        await using var worker = NewWorker(AtOnce);
        await worker.UploadAsync();
        await RunAsync(worker);

        Google.SetBehaviour(CustomerId(1), CallBehaviour.ServerError(), CallTarget.Search);
        await RunAsync(worker);
        var during = await ReadAsync(worker, site);
        Google.SetBehaviour(CustomerId(1), CallBehaviour.Forbidden, CallTarget.Search);
        await RunAsync(worker);
        var after = await ReadAsync(worker, site);

        Assert.That((during.Comparison.NeedsPerson, during.FaultCode), Is.EqualTo((true, "HTTP_503")));
        Assert.That((after.Comparison.Verdict, after.Comparison.Reason), Is.EqualTo((CountVerdict.NotComparable, "NO_PERMISSION")));
        Assert.That(await Database.ScalarAsync<bool>("select needs_person from provider_reconciliations"), Is.False);
    }

    [Test]
    public async Task Data_Manager_alone_is_not_comparable_and_what_Google_shows_is_kept()
    {
        var site = await Database.AddSiteAsync();
        await Database.AddCredentialsAsync(Worker.Vault, site, CustomerId(1), "CANARY-refresh-1", "data_manager");
        Google.SetAccount(CustomerId(1), new AdsAccount { Summaries = new SummaryDeviation { DataManagerClient = "ADDED_BY_GOOGLE" } });
        Google.ProcessingDelay = TimeSpan.Zero;
        await Database.EnqueueAsync(site, 9);
        await using var worker = NewWorker(AtOnce, ("Confirm:FirstCheckAfter", "00:00:01"));
        await worker.UploadAsync();
        await Database.ExecuteAsync("update provider_upload_requests set next_check_at = now()");
        await worker.ConfirmAsync();

        await RunAsync(worker);

        var read = await ReadAsync(worker, site);
        Assert.That((read.Comparison.Verdict, read.Comparison.Reason), Is.EqualTo((CountVerdict.NotComparable, "DATA_MANAGER")));
        Assert.That((read.Actions.Single().Client, read.Actions.Single().Counted), Is.EqualTo(("ADDED_BY_GOOGLE", 9)), "another answer of Google's is seen");
        Assert.That(await DaysAsync(site), Is.EqualTo("sent 9 accepted 0 counted 9 failed 0 pending 0"));
    }

    [Test]
    public async Task All_clients_and_pages_count_and_other_actions_are_kept_aside()
    {
        var site = await AddSiteAsync(1);
        Google.SearchPageRows = 1;
        await Database.EnqueueAsync(site, 6);
        await using var worker = NewWorker(AtOnce);
        await worker.UploadAsync();
        // Then the site moves to another action.
        await SetActionAsync(site, "789");
        await Database.EnqueueAsync(site, 5, "later");
        await worker.UploadAsync();

        await RunAsync(worker);

        var read = await ReadAsync(worker, site);
        Assert.That(read.Actions.Select(action => $"{action.ActionId}:{action.Counted}"), Is.EqualTo((string[])["789:5", "456:6"]));
        Assert.That(Google.SearchCalls.Count(call => call.Query.Contains("summary", StringComparison.Ordinal)), Is.EqualTo(2), "two pages");
    }

    [Test]
    public async Task A_site_that_changes_its_action_is_compared_from_the_next_day_on()
    {
        var site = await AddSiteAsync(1);
        await Database.EnqueueAsync(site, 30);
        await using var worker = NewWorker(AtOnce);
        await worker.UploadAsync();
        await RunAsync(worker);

        await SetActionAsync(site, "789");
        await RunAsync(worker);

        Assert.That((await ReadAsync(worker, site)).Comparison.Reason, Is.EqualTo("NO_UPLOAD"), "the thirty went to the action before");
        Assert.That((await ReadAsync(worker, site)).ActionSince, Is.Not.Null);
    }

    [Test]
    public async Task A_day_that_Google_does_not_name_any_more_keeps_what_it_said()
    {
        var site = await AddSiteAsync(1);
        await Database.EnqueueAsync(site, 10);
        await using var worker = NewWorker(AtOnce);
        await worker.UploadAsync();
        await RunAsync(worker);
        // Ten days later it tells of later days only.
        await Database.ExecuteAsync("delete from provider_reconciliation_days where counted is null");
        await Database.ExecuteAsync("update provider_reconciliation_days set day = day - 10");
        await Database.ExecuteAsync("update provider_upload_attempts set created_at = created_at - interval '10 days'");
        await Database.ExecuteAsync("insert into provider_reconciliation_days (site_id, provider_key, action_id, day) values ($1, 'google_ads', '456', current_date - 91)", site);
        Google.SetAccount(CustomerId(1), new AdsAccount { Summaries = new SummaryDeviation { Missing = true } });

        await RunAsync(worker);

        Assert.That((await ReadAsync(worker, site)).Comparison, Has.Property("Verdict").EqualTo(CountVerdict.Agrees).And.Property("Counted").EqualTo(10));
        Assert.That(
            await Database.ScalarAsync<long>("select count(*) from provider_reconciliation_days where day < current_date - 90"),
            Is.Zero, "and what is older than is kept is gone");
    }

    [Test]
    public async Task A_run_goes_on_with_the_sites_that_were_longest_not_reconciled()
    {
        var sites = new Guid[5];
        for (var i = 0; i < sites.Length; i++)
            sites[i] = await AddSiteAsync(i + 1);
        await using var worker = NewWorker(AtOnce, ("Upload:MaxParallelGroups", "1"));
        var store = worker.Get<ReconciliationStore>();
        var now = await store.ReadTimeAsync(CancellationToken.None);

        var first = await store.TakeAsync("google_ads", null, now, 3, CancellationToken.None);
        var second = await store.TakeAsync("google_ads", null, now, 3, CancellationToken.None);
        var third = await store.TakeAsync("google_ads", null, now, 3, CancellationToken.None);

        Assert.That((first.Count, second.Count, third.Count), Is.EqualTo((3, 2, 0)));
        Assert.That(first.Concat(second).Select(site => site.SiteId), Is.EquivalentTo(sites), "each once");
        Assert.That((await worker.Get<ReconcileRun>().RunAsync(ReconcileRequest.Scheduled, CancellationToken.None)).Sites, Is.Zero, "not within half a day");
        await Database.ExecuteAsync("update provider_reconciliations set attempted_at = now() - interval '1 day' where site_id = $1", second[0].SiteId);
        await Database.ExecuteAsync("update provider_reconciliations set attempted_at = now() - interval '2 days' where site_id = $1", second[1].SiteId);
        var next = await store.TakeAsync("google_ads", null, now.AddHours(-12), 1, CancellationToken.None);
        Assert.That(next.Single().SiteId, Is.EqualTo(second[1].SiteId), "the longest ago first");
    }

    [Test]
    public async Task Of_two_runs_at_once_each_site_is_asked_by_one()
    {
        for (var i = 0; i < 12; i++)
            await AddSiteAsync(i + 1);
        await using var one = NewWorker(AtOnce, ("Upload:MaxParallelGroups", "3"));
        await using var other = NewWorker(AtOnce, ("Upload:MaxParallelGroups", "3"));

        var summaries = await Task.WhenAll(
            one.Get<ReconcileRun>().RunAsync(ReconcileRequest.Scheduled, CancellationToken.None),
            other.Get<ReconcileRun>().RunAsync(ReconcileRequest.Scheduled, CancellationToken.None));

        Assert.That(summaries.Sum(summary => summary.Sites), Is.EqualTo(12));
        Assert.That(
            Google.SearchCalls.Where(call => call.Query.Contains("summary", StringComparison.Ordinal)).CountBy(call => call.CustomerId).Select(calls => calls.Value),
            Is.All.EqualTo(1));
    }

    [Test]
    public async Task A_stopped_run_takes_no_further_site()
    {
        await AddSiteAsync(1);
        await using var worker = NewWorker(AtOnce);

        var summary = await worker.Get<ReconcileRun>().RunAsync(new ReconcileRequest(), new CancellationToken(canceled: true));

        Assert.That(summary, Is.EqualTo(ReconcileSummary.Nothing));
        Assert.That(await Database.ScalarAsync<long>("select count(*) from provider_reconciliations"), Is.Zero, "its turn is not lost");
    }

    [Test]
    public async Task The_number_of_a_job_is_the_same_in_the_ledger_and_in_the_request()
    {
        var site = await AddSiteAsync(1);
        await using var worker = NewWorker();
        var claims = Enumerable.Range(0, 200).Select(_ => Guid.NewGuid()).Append(site).ToArray();
        await Database.ExecuteAsync(
            """
            insert into provider_upload_attempts (site_id, provider_key, batch_id, phase, completed_count)
            select $1, 'google_ads', c::text, 'FINISHED', 1 from unnest($2::uuid[]) as c
            union all
            select $1, 'google_ads', 'recovery', 'FINISHED', 1
            """, site, claims);

        var jobs = claims.Select(claim => JobIds.Of(claim, site)).ToArray();
        var batches = await worker.Get<ReconciliationStore>().ReadBatchesAsync("google_ads", site, DateTime.UnixEpoch, jobs, CancellationToken.None);

        Assert.That(jobs, Is.All.InRange(1, int.MaxValue));
        Assert.That(jobs[^1], Is.EqualTo(1), "a claim like the site: not 0");
        Assert.That(
            batches.ToDictionary(batch => batch.BatchId, batch => batch.JobId),
            Is.EqualTo(claims.Zip(jobs).ToDictionary(pair => pair.First.ToString(), pair => pair.Second)));
    }

    private static Task<ReconcileSummary> RunAsync(Worker worker) =>
        worker.Get<ReconcileRun>().RunAsync(new ReconcileRequest(), CancellationToken.None);

    private static async Task<ReconciledSite> ReadAsync(Worker worker, Guid site) =>
        (await worker.Get<ReconciliationReader>().ReadAsync("google_ads", site, 1, CancellationToken.None)).Single();

    private Task<string?> DaysAsync(Guid site) => Database.ScalarAsync<string>(
        """
        select format('sent %s accepted %s counted %s failed %s pending %s', sum(sent), sum(accepted), sum(counted), sum(failed), sum(pending))
        from provider_reconciliation_days
        where site_id = $1
        """, site);

    private Task<string?> SnapshotAsync() =>
        Database.ScalarAsync<string>("select string_agg(q::text, E'\n' order by q.id) from offline_conversion_queue q");

    private async Task SetActionAsync(Guid site, string action)
    {
        var credentials = QueueSeed.Credentials(CustomerId(1), "CANARY-refresh-1");
        credentials["conversion_action_resource_name"] = $"customers/{CustomerId(1)}/conversionActions/{action}";
        var sealedText = Worker.Vault.Seal(System.Text.Json.JsonSerializer.SerializeToUtf8Bytes(credentials));
        await Database.ExecuteAsync("update provider_credentials set encrypted_payload = $2 where site_id = $1", site, sealedText.Payload);
    }
}
