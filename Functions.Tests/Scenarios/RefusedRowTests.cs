using OpsMantik.Core.Queue;
using OpsMantik.Core.Runs;
using OpsMantik.Core.Status;
using OpsMantik.Functions.Tests.Support;
using OpsMantik.Local.GoogleEmulator;

namespace OpsMantik.Functions.Tests.Scenarios;

/// <summary>A row whose outcome the database refuses, and outcomes that it cannot take at this moment.</summary>
internal sealed class RefusedRowTests : Scenario
{
    [TestCase("P0001")]
    [TestCase("22003")]
    [TestCase("23514")]
    [TestCase("XX001")]
    public async Task One_row_that_cannot_be_written_back_ends_alone_and_its_neighbours_as_they_should(string state)
    {
        var site = await AddSiteAsync(1);
        var rows = await Database.EnqueueAsync(site, 50);
        await RefuseAsync(rows[20], "new.status = 'COMPLETED'", state);
        await using var worker = NewWorker();

        var summary = await worker.UploadAsync();
        await worker.UploadAsync();

        Assert.That(await RowsAsync(site), Is.EqualTo("COMPLETED:49 FAILED/WRITE_BACK_REFUSED:1"));
        Assert.That((summary.Processed, summary.Completed, summary.Failed), Is.EqualTo((50, 49, 1)));
        Assert.That(await Database.ScalarAsync<string>("select status from offline_conversion_queue where id = $1", rows[20]), Is.EqualTo("FAILED"));
        Assert.That(Google.Calls, Has.Count.EqualTo(1), "sent once");
        Assert.That(await SitesWithWrongCountersAsync(), Is.Empty);
        Assert.That(
            await Database.ScalarAsync<string>(
                """
                select concat_ws(' ', sum(claimed_count), sum(completed_count), sum(failed_count))
                from provider_upload_attempts where phase = 'FINISHED'
                """),
            Is.EqualTo("50 49 1"));
    }

    [Test]
    public async Task A_failed_batch_counts_once_for_the_circuit_however_it_is_divided()
    {
        var site = await AddSiteAsync(1);
        var rows = await Database.EnqueueAsync(site, 50);
        Google.SetBehaviour(null, CallBehaviour.ServerError());
        await RefuseAsync(rows[20], "new.status = 'RETRY'", "P0001");
        await using var worker = NewWorker();

        await worker.UploadAsync();

        Assert.That(await RowsAsync(site), Does.StartWith("FAILED/WRITE_BACK_REFUSED:1 RETRY/").And.EndsWith(":49"));
        Assert.That(await Database.ScalarAsync<int>("select failure_count from provider_health_state"), Is.EqualTo(1));
    }

    [Test]
    public async Task A_row_that_refuses_every_end_is_set_aside_until_it_can_be_written()
    {
        var site = await AddSiteAsync(1);
        var rows = await Database.EnqueueAsync(site, 50);
        await RefuseAsync(rows[20], "new.status <> 'PROCESSING'", "P0001");
        await using var worker = NewWorker();

        await worker.UploadAsync();
        await worker.UploadAsync();
        await AgeClaimsAsync();
        Assert.That(await worker.RecoverAsync(), Is.Zero, "recovery leaves it aside");
        await worker.UploadAsync();

        Assert.That(await RowsAsync(site), Is.EqualTo("COMPLETED:49 PROCESSING:1"));
        Assert.That(Google.Calls, Has.Count.EqualTo(1), "sent once");
        var need = (await worker.Get<StatusReader>().ReadAsync(CancellationToken.None)).InNeed.Single();
        Assert.That((need.Need, need.RowsInNeed, need.Cause?.Code), Is.EqualTo((SiteNeed.SetAside, 1L, "WRITE_BACK_REFUSED")));

        await Database.ExecuteAsync("drop trigger refuse on offline_conversion_queue");
        await worker.RecoverAsync();

        Assert.That(await RowsAsync(site), Is.EqualTo("COMPLETED:49 FAILED/WRITE_BACK_REFUSED:1"));
        Assert.That(await SitesWithWrongCountersAsync(), Is.Empty);
        Assert.That(await Database.ScalarAsync<long>("select count(*) from offline_conversion_set_aside"), Is.Zero);
    }

    [Test]
    public async Task A_database_that_refuses_every_row_makes_none_fail()
    {
        var site = await AddSiteAsync(1);
        await Database.EnqueueAsync(site, 50);
        await Database.ExecuteAsync("alter table provider_upload_metrics add check (completed_total = 0)");
        await using var worker = NewWorker();

        await worker.UploadAsync();

        Assert.That(await RowsAsync(site), Is.EqualTo("PROCESSING:50"));
        await Database.ExecuteAsync("alter table provider_upload_metrics drop constraint provider_upload_metrics_completed_total_check");
        await AgeClaimsAsync();
        Assert.That(await worker.RecoverAsync(), Is.EqualTo(50));
        await worker.UploadAsync();
        Assert.That(await RowsAsync(site), Does.StartWith("COMPLETED").And.EndsWith(":50"));
    }

    [Test]
    public async Task A_probe_that_is_one_refused_row_is_over()
    {
        var site = await AddSiteAsync(1);
        var row = (await Database.EnqueueAsync(site)).Single();
        await RefuseAsync(row, "new.status <> 'PROCESSING'", "P0001");
        await Database.SetCircuitAsync(site, "OPEN", "now()", failures: 5);
        await using var worker = NewWorker();

        await worker.UploadAsync();

        Assert.That(
            await Database.ScalarAsync<string>("select concat_ws(' ', state, probe_token) from provider_health_state"),
            Is.EqualTo("HALF_OPEN"));
    }

    [Test]
    public async Task Recovery_returns_the_other_rows_beside_one_that_cannot_go_back()
    {
        var site = await AddSiteAsync(1);
        var rows = await Database.EnqueueAsync(site, 5, status: "PROCESSING");
        await RefuseAsync(rows[2], "new.status = 'QUEUED'", "P0001");
        await AgeClaimsAsync();
        await using var worker = NewWorker();

        Assert.That(await worker.RecoverAsync(), Is.EqualTo(4));

        Assert.That(await RowsAsync(site), Is.EqualTo("FAILED/WRITE_BACK_REFUSED:1 QUEUED:4"));
    }

    [Test]
    public async Task A_row_that_25_claims_did_not_end_fails_and_recovery_says_so()
    {
        var site = await AddSiteAsync(1);
        var rows = await Database.EnqueueAsync(site, 4, status: "PROCESSING");
        await Database.ExecuteAsync("update offline_conversion_queue set claim_count = 25");
        await Database.ExecuteAsync("update offline_conversion_queue set claim_count = 24 where id = $1", rows[1]);
        // An outcome was written: it only waited often.
        await Database.ExecuteAsync(
            "update offline_conversion_queue set provider_error_code = 'TOO_RECENT_EVENT' where id = $1", rows[2]);
        await AgeClaimsAsync();
        await Database.ExecuteAsync("update offline_conversion_queue set claimed_at = now() where id = $1", rows[3]);
        await using var worker = NewWorker();

        Assert.That(await worker.RecoverAsync(), Is.EqualTo(2));

        Assert.That(
            (await RowsAsync(site))!.Split(' '),
            Is.EquivalentTo(new[] { "FAILED/WORKER_ERROR:1", "PROCESSING:1", "QUEUED/TOO_RECENT_EVENT:1", "QUEUED:1" }));
        Assert.That(worker.Logs, Has.Some.Contains("1 rows").And.Some.Contains("25 times"));
        Assert.That(
            await Database.ScalarAsync<string>(
                """
                select concat_ws(' ', m.attempts_total, m.failed_total, a.failed_count, a.error_code)
                from provider_upload_metrics m, provider_upload_attempts a
                """),
            Is.EqualTo("1 1 1 WORKER_ERROR"));
    }

    [TestCase("57014")]
    [TestCase("25006")]
    public async Task An_answer_is_not_lost_to_a_server_that_cannot_write_for_a_moment(string state)
    {
        var site = await AddSiteAsync(1);
        await Database.EnqueueAsync(site, 3);
        await RefuseTwiceAsync("new.status = 'COMPLETED'", state);
        await using var worker = NewWorker();

        await worker.UploadAsync();

        Assert.That(await RowsAsync(site), Is.EqualTo("COMPLETED:3"));
        Assert.That(worker.Logs, Has.Exactly(2).Contains("is repeated"));
    }

    [TestCase("57014")]
    [TestCase("25006")]
    [TestCase("40001")]
    public async Task Rows_go_back_though_the_server_cannot_write_for_a_moment(string state)
    {
        var site = await AddSiteAsync(1);
        await Database.EnqueueAsync(site, 3);
        await RefuseTwiceAsync("new.status = 'QUEUED'", state);
        await using var worker = NewWorker();
        var group = (await worker.Get<IConversionQueue>().ClaimAsync(
            new ClaimRequest("google_ads", Guid.NewGuid(), 10, 10), CancellationToken.None)).Single();

        await worker.Get<GroupUpload>().ReleaseAsync(group, maySent: false);

        Assert.That(await RowsAsync(site), Is.EqualTo("QUEUED:3"));
    }

    [TestCase("P0001")]
    [TestCase("22003")]
    [TestCase("23514")]
    [TestCase("XX001")]
    public async Task One_row_that_cannot_be_claimed_ends_alone_and_the_rest_of_every_site_goes_out(string state)
    {
        var (site, other) = (await AddSiteAsync(1), await AddSiteAsync(2));
        var rows = await Database.EnqueueAsync(site, 50);
        await Database.EnqueueAsync(other, 50);
        await RefuseAsync(rows[20], "new.status = 'PROCESSING'", state);
        await using var worker = NewWorker();

        var summary = await worker.UploadAsync();

        Assert.That(await RowsAsync(site), Is.EqualTo("COMPLETED:49 FAILED/CLAIM_REFUSED:1"));
        Assert.That(await RowsAsync(other), Is.EqualTo("COMPLETED:50"));
        Assert.That(summary.Completed, Is.EqualTo(99));
        Assert.That(
            await Database.ScalarAsync<string>("select last_error from offline_conversion_queue where status = 'FAILED'"),
            Does.EndWith(state));
        Assert.That(worker.Logs, Has.Some.Contains(rows[20].ToString()).And.Some.Contains(state));
        Assert.That(await SitesWithWrongCountersAsync(), Is.Empty);
    }

    [Test]
    public async Task A_row_that_cannot_change_at_all_is_set_aside_and_goes_out_when_it_can()
    {
        var site = await AddSiteAsync(1);
        var rows = await Database.EnqueueAsync(site, 50);
        await RefuseAsync(rows[20], "true", "P0001");
        await using var worker = NewWorker();

        await worker.UploadAsync();
        await worker.UploadAsync();

        Assert.That(await RowsAsync(site), Is.EqualTo("COMPLETED:49 QUEUED:1"));
        Assert.That(worker.Logs, Has.Exactly(1).Contains("set_aside"), "the second run leaves it out");
        var need = (await worker.Get<StatusReader>().ReadAsync(CancellationToken.None)).InNeed.Single();
        Assert.That((need.Need, need.RowsInNeed), Is.EqualTo((SiteNeed.SetAside, 1L)));

        await Database.ExecuteAsync("drop trigger refuse on offline_conversion_queue");
        await worker.RecoverAsync();
        await worker.UploadAsync();

        Assert.That(await RowsAsync(site), Is.EqualTo("COMPLETED:50"));
        Assert.That(await Database.ScalarAsync<long>("select count(*) from offline_conversion_set_aside"), Is.Zero);
    }

    [Test]
    public async Task A_constraint_that_waits_for_the_commit_is_a_refusal_too()
    {
        var site = await AddSiteAsync(1);
        var rows = await Database.EnqueueAsync(site, 5);
        await AddTriggerAsync("false", "null;");
        await Database.ExecuteAsync(
            $"""
            create function refuse_late() returns trigger language plpgsql as 'begin raise exception ''late''; end';
            create constraint trigger refuse_late after update on offline_conversion_queue
                deferrable initially deferred for each row
                when (new.id = '{rows[2]}' and new.status = 'PROCESSING') execute function refuse_late();
            """);
        await using var worker = NewWorker();

        await worker.UploadAsync();

        Assert.That(await RowsAsync(site), Is.EqualTo("COMPLETED:4 FAILED/CLAIM_REFUSED:1"));
    }

    [Test]
    public async Task A_site_of_which_every_row_is_refused_is_held_and_fails_none()
    {
        var (site, other) = (await AddSiteAsync(1), await AddSiteAsync(2));
        await Database.EnqueueAsync(site, 50);
        await Database.EnqueueAsync(other, 50);
        await AddTriggerAsync($"new.site_id = '{site}' and new.status = 'PROCESSING'", "raise exception 'refused';");
        await using var worker = NewWorker();

        await worker.UploadAsync();
        await MakeProbeDueAsync();
        await worker.UploadAsync();

        Assert.That(await RowsAsync(other), Is.EqualTo("COMPLETED:50"));
        Assert.That(await RowsAsync(site), Is.EqualTo("QUEUED:50"), "its probe fails none either");
        Assert.That(
            await Database.ScalarAsync<string>(
                "select state || ' ' || (next_probe_at > now()) from provider_health_state where site_id = $1", site),
            Is.EqualTo("OPEN true"));

        await Database.ExecuteAsync("drop trigger refuse on offline_conversion_queue");
        await MakeProbeDueAsync();
        await worker.UploadAsync();
        await worker.UploadAsync();

        Assert.That(await RowsAsync(site), Is.EqualTo("COMPLETED:50"));
    }

    [Test]
    public async Task Rows_of_an_open_circuit_that_cannot_be_deferred_stop_nobody()
    {
        var (site, other) = (await AddSiteAsync(1), await AddSiteAsync(2));
        var row = (await Database.EnqueueAsync(site, 3))[0];
        await Database.EnqueueAsync(other, 3);
        await Database.SetCircuitAsync(site, "OPEN", "now() + interval '5 minutes'", failures: 5);
        await RefuseAsync(row, "true", "P0001");
        await using var worker = NewWorker();

        await worker.UploadAsync();

        Assert.That((await RowsAsync(site), await RowsAsync(other)), Is.EqualTo(("QUEUED:3", "COMPLETED:3")));
    }

    private async Task MakeProbeDueAsync()
    {
        await Database.ExecuteAsync("update provider_health_state set next_probe_at = now()");
        await Database.ExecuteAsync("update offline_conversion_queue set next_retry_at = null where status = 'QUEUED'");
    }

    private Task<int> AgeClaimsAsync() => Database.ExecuteAsync(
        "update offline_conversion_queue set claimed_at = now() - interval '16 minutes' where status = 'PROCESSING'");

    /// <summary>As a trigger of the dashboard's would.</summary>
    private Task<int> RefuseAsync(Guid row, string when, string state) => AddTriggerAsync(
        $"old.id = '{row}' and {when}", $"raise exception 'refused' using errcode = '{state}';");

    private async Task RefuseTwiceAsync(string when, string state)
    {
        // A sequence is not rolled back.
        await Database.ExecuteAsync("create sequence tries");
        await Database.ExecuteAsync("grant usage on sequence tries to public");
        await AddTriggerAsync(
            when, $"if nextval('public.tries') <= 2 then raise exception 'not now' using errcode = '{state}'; end if;");
    }

    private Task<int> AddTriggerAsync(string when, string body) => Database.ExecuteAsync(
        $"""
        create function refuse() returns trigger language plpgsql set search_path = '' as $$
        begin
            {body}
            return new;
        end
        $$;
        create trigger refuse before update on offline_conversion_queue
            for each row when ({when}) execute function refuse();
        """);
}
