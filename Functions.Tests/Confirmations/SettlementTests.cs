using OpsMantik.Core.Providers;
using OpsMantik.Core.Runs;
using OpsMantik.Functions.Tests.Support;

namespace OpsMantik.Functions.Tests.Confirmations;

internal sealed class SettlementTests : ConfirmationFixture
{
    [Test]
    public async Task Accepted_rows_wait_as_submitted_with_their_place_and_count_as_attempts()
    {
        var site = await SubmitAsync(3);

        Assert.Multiple(async () =>
        {
            Assert.That(await RowsAsync(), Is.EqualTo("SUBMITTED 0, SUBMITTED 0, SUBMITTED 0"));
            Assert.That(
                await Database.ScalarAsync<string>(
                    """
                    select string_agg(concat_ws('/', provider_request_id, request_index), ' ' order by request_index)
                    from offline_conversion_queue where submitted_at is not null and claim_token is null
                    """),
                Is.EqualTo("request-1/0 request-1/1 request-1/2"));
            Assert.That(await CountersAsync(site), Is.EqualTo("3 0 0 0 3"));
            Assert.That(
                await Database.ScalarAsync<int>(
                    "select submitted_count from provider_upload_attempts where phase = 'FINISHED'"), Is.EqualTo(3));
        });
    }

    [Test]
    public async Task A_delete_that_holds_one_row_and_waits_for_another_succeeds_and_the_rest_is_settled()
    {
        await SubmitAsync(5);
        await MakeDueAsync();
        Provider.AnswerEach(UploadOutcome.Completed());
        var ids = await Database.ScalarAsync<Guid[]>("select array_agg(id order by id) from offline_conversion_queue");
        await using var delete = await RowDelete.BeginAsync(Database);
        await delete.DeleteAsync(ids![2]);

        var confirmation = ConfirmAsync();
        // Longer than deadlock_timeout: the delete would be the one to find the deadlock.
        await Task.Delay(1300);
        await delete.DeleteAsync(ids[0]);
        await delete.DeleteAsync(ids[^1]);
        await delete.CommitAsync();

        Assert.That((await confirmation).Completed, Is.EqualTo(2));
        Assert.That(await RowsAsync(), Is.EqualTo("COMPLETED 0, COMPLETED 0"));
    }

    [TestCase("new.status = 'COMPLETED'", "FAILED 0 WRITE_BACK_REFUSED", "9 8 1 0 9", 0)]
    [TestCase("new.status <> 'SUBMITTED'", "SUBMITTED 0", "9 8 0 0 9", 1)]
    public async Task A_row_that_cannot_be_written_ends_alone_and_its_request_is_settled(
        string refused, string end, string counters, int setAside)
    {
        var site = await SubmitAsync(9);
        await Database.ExecuteAsync(
            $"""
            create function refuse() returns trigger language plpgsql set search_path = '' as $$
            begin
                raise exception 'refused';
            end
            $$;
            create trigger refuse before update on offline_conversion_queue
                for each row when (old.request_index = 4 and {refused}) execute function refuse();
            """);
        await MakeDueAsync();
        Provider.AnswerEach(UploadOutcome.Completed());

        var first = await ConfirmAsync();
        await MakeDueAsync();
        var second = await ConfirmAsync();

        Assert.That((first.Completed, first.Failed, second.Checked), Is.EqualTo((8, 1 - setAside, 0)));
        Assert.That(
            await RowsAsync(),
            Is.EqualTo(string.Join(", ", Enumerable.Range(0, 9).Select(i => i == 4 ? end : "COMPLETED 0"))));
        Assert.That(await CountersAsync(site), Is.EqualTo(counters));
        Assert.That(await Database.ScalarAsync<long>("select count(*) from offline_conversion_set_aside"), Is.EqualTo(setAside));
        if (setAside == 0)
            return;
        await Database.ExecuteAsync("drop trigger refuse on offline_conversion_queue");
        await Database.ExecuteAsync("select recover_stuck_offline_conversion_jobs()");
        Assert.That(await CountersAsync(site), Is.EqualTo("9 8 1 0 9"));
    }

    [Test]
    public async Task Each_row_becomes_what_the_provider_says()
    {
        var site = await SubmitAsync(3);
        Provider.Answer = _ => Confirmation.Settled(
        [
            UploadOutcome.Completed(),
            UploadOutcome.Retry("INTERNAL_ERROR", ErrorCategory.Transient, "Google stumbled"),
            UploadOutcome.Failed("INVALID_GCLID", ErrorCategory.Validation, "not a click id"),
        ]);

        await MakeDueAsync();
        var summary = await ConfirmAsync();

        Assert.Multiple(async () =>
        {
            Assert.That(summary, Is.EqualTo(new ConfirmSummary(Checked: 1, Completed: 1, Failed: 1, Retry: 1, Pending: 0)));
            Assert.That(await RowsAsync(), Is.EqualTo("COMPLETED 0, RETRY 1 INTERNAL_ERROR, FAILED 1 INVALID_GCLID"));
            Assert.That(
                await Database.ScalarAsync<long>("select count(*) from offline_conversion_queue where uploaded_at is not null"),
                Is.EqualTo(1));
            Assert.That(await CountersAsync(site), Is.EqualTo("3 1 1 1 3"));
            Assert.That(
                await Database.ScalarAsync<long>("select count(*) from provider_upload_requests where settled_at is null"),
                Is.Zero);
        });
    }

    [Test]
    public async Task The_question_names_the_rows_that_are_open_by_their_place()
    {
        await SubmitAsync(4);
        await Database.ExecuteAsync(
            "update offline_conversion_queue set status = 'QUEUED' where request_index in (0, 2)");

        await MakeDueAsync();
        await ConfirmAsync();

        Assert.That(
            Provider.Questions.Single().Conversions.Select(conversion => conversion.RequestIndex), Is.EqualTo(new[] { 1, 3 }));
    }

    [Test]
    public async Task A_later_refusal_does_not_count_towards_opening()
    {
        var site = await SubmitAsync(1);
        await Database.SetCircuitAsync(site, "CLOSED", failures: 4);
        Provider.AnswerEach(UploadOutcome.Failed("INVALID_GCLID", ErrorCategory.Validation, "no"));

        await MakeDueAsync();
        await ConfirmAsync();

        Assert.That(await CircuitsAsync(), Is.EqualTo("CLOSED"));
    }

    [Test]
    public async Task Transient_rejections_count_towards_opening()
    {
        await SubmitAsync(1);
        await Database.SetCircuitAsync(
            await Database.ScalarAsync<Guid>("select id from sites"), "CLOSED", failures: 4);
        Provider.AnswerEach(UploadOutcome.Retry("INTERNAL_ERROR", ErrorCategory.Transient, "Google stumbled"));

        await MakeDueAsync();
        await ConfirmAsync();

        Assert.That(await CircuitsAsync(), Is.EqualTo("OPEN"));
    }

    [Test]
    public async Task The_seventh_attempt_that_is_rejected_fails()
    {
        await SubmitAsync(1, retryCount: 6);
        Provider.AnswerEach(UploadOutcome.Retry("INTERNAL_ERROR", ErrorCategory.Transient, "Google stumbled"));

        await MakeDueAsync();
        await ConfirmAsync();

        Assert.That(await RowsAsync(), Is.EqualTo("FAILED 7 INTERNAL_ERROR"));
    }

    [Test]
    public async Task Recovery_never_touches_submitted_rows()
    {
        await SubmitAsync(2);
        await Database.ExecuteAsync(
            "update offline_conversion_queue set updated_at = now() - interval '10 days', submitted_at = now() - interval '10 days'");

        Assert.That(await Database.ScalarAsync<int>("select recover_stuck_offline_conversion_jobs(1)"), Is.Zero);
        Assert.That(await RowsAsync(), Is.EqualTo("SUBMITTED 0, SUBMITTED 0"));
    }

    private Task<string?> CountersAsync(Guid site) => Database.ScalarAsync<string>(
        """
        select concat_ws(' ', attempts_total, completed_total, failed_total, retry_total, submitted_total)
        from provider_upload_metrics where site_id = $1
        """, site);

    private Task<string?> CircuitsAsync() =>
        Database.ScalarAsync<string>("select string_agg(distinct state::text, ' ') from provider_health_state");
}
