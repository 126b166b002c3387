using OpsMantik.Core.Providers;
using OpsMantik.Core.Queue;
using OpsMantik.Functions.Tests.Support;

namespace OpsMantik.Functions.Tests.Queue;

internal sealed class WriteBackTests : QueueFixture
{
    private static readonly UploadOutcome Unavailable =
        UploadOutcome.Retry("HTTP_503", ErrorCategory.Transient, "Google is unavailable") with { RequestId = "req-1" };

    [Test]
    public async Task Each_row_gets_its_own_outcome_and_the_counters_are_their_sum()
    {
        var site = await Database.AddSiteAsync();
        await Database.EnqueueAsync(site, 3);
        var group = (await ClaimAsync()).Single();
        UploadOutcome[] outcomes =
        [
            UploadOutcome.Completed(), Unavailable,
            UploadOutcome.Failed("EXPIRED_EVENT", ErrorCategory.Validation, new string('x', 2_000)),
        ];

        var counts = await WriteBackAsync(
            group, [.. group.Jobs.Select((job, i) => RetryPolicy.Apply(job.Id, 0, outcomes[i], $"order-{i}", 0))],
            CircuitSignal.Success);

        Assert.Multiple(async () =>
        {
            Assert.That(counts, Is.EqualTo(new WriteBackCounts(3, Completed: 1, Failed: 1, Retry: 1, Submitted: 0)));
            Assert.That(await RowAsync(group.Jobs[0].Id), Is.EqualTo("COMPLETED 0 - - - - order-0 uploaded"));
            Assert.That(await RowAsync(group.Jobs[1].Id),
                Is.EqualTo("RETRY 1 HTTP_503 TRANSIENT Google is unavailable req-1 order-1 -"));
            Assert.That(await RowAsync(group.Jobs[2].Id),
                Is.EqualTo($"FAILED 1 EXPIRED_EVENT VALIDATION {new string('x', 1_000)} - order-2 -"));
            Assert.That(
                await Database.ScalarAsync<string>(
                    """
                    select concat_ws(' ', attempts_total, completed_total, failed_total, retry_total)
                    from provider_upload_metrics where site_id = $1
                    """, site),
                Is.EqualTo("3 1 1 1"));
            Assert.That(
                await Database.ScalarAsync<string>(
                    """
                    select concat_ws(' ', claimed_count, completed_count, failed_count, retry_count, duration_ms,
                                     provider_request_id)
                    from provider_upload_attempts where site_id = $1 and phase = 'FINISHED'
                    """, site),
                Is.EqualTo("3 1 1 1 42 req-1"));
        });
    }

    [Test]
    public async Task The_databases_clock_sets_the_next_try()
    {
        await Database.EnqueueAsync(await Database.AddSiteAsync());
        var group = (await ClaimAsync()).Single();

        await WriteBackAsync(group, Unavailable);

        Assert.That(
            await Database.ScalarAsync<double>(
                "select extract(epoch from next_retry_at - updated_at)::float8 from offline_conversion_queue"),
            Is.EqualTo(300).Within(0.001));
    }

    [Test]
    public async Task A_row_that_never_left_does_not_count_as_sent()
    {
        await Database.EnqueueAsync(await Database.AddSiteAsync());
        var group = (await ClaimAsync()).Single();

        await WriteBackAsync(
            group,
            UploadOutcome.Postponed("DUPLICATE_IN_BATCH", ErrorCategory.Transient, "later", TimeSpan.FromSeconds(-1)) with
            {
                MayHaveBeenSent = false,
            });

        Assert.That((await ClaimAsync()).Single().Jobs.Single().ClaimCount, Is.EqualTo(1));
    }

    [TestCase("cut in half \ud83d")]
    [TestCase("with a \0 inside")]
    public async Task A_text_that_postgresql_refuses_does_not_stop_the_batch(string message)
    {
        await Database.EnqueueAsync(await Database.AddSiteAsync(), 2);
        var group = (await ClaimAsync()).Single();

        var counts = await WriteBackAsync(group, UploadOutcome.Retry("HTTP_503", ErrorCategory.Transient, message));

        Assert.That(counts.Retry, Is.EqualTo(2));
    }

    [Test]
    public async Task Stale_token_cannot_overwrite_a_completed_row()
    {
        var site = await Database.AddSiteAsync();
        var row = (await Database.EnqueueAsync(site)).Single();
        var late = (await ClaimAsync()).Single();
        await AgeClaimsAsync();
        await Queue.RecoverAsync(15, CancellationToken.None);
        var current = (await ClaimAsync()).Single();
        await WriteBackAsync(current, UploadOutcome.Completed(), CircuitSignal.Success);

        var counts = await WriteBackAsync(late, Unavailable, CircuitSignal.TransientFailure);

        Assert.Multiple(async () =>
        {
            Assert.That(counts.Changed, Is.Zero);
            Assert.That(await StatusAsync(row), Is.EqualTo("COMPLETED"));
            Assert.That(
                await Database.ScalarAsync<long>("select attempts_total from provider_upload_metrics where site_id = $1", site),
                Is.EqualTo(1), "no counter");
            Assert.That(
                await Database.ScalarAsync<int>("select failure_count from provider_health_state where site_id = $1", site),
                Is.Zero, "no say about the circuit");
            Assert.That(
                await Database.ScalarAsync<long>("select count(*) from provider_upload_attempts where phase = 'FINISHED'"),
                Is.EqualTo(1), "no line in the ledger");
        });
    }

    [Test]
    public async Task A_token_is_stale_while_another_worker_holds_the_row()
    {
        await Database.EnqueueAsync(await Database.AddSiteAsync());
        var late = (await ClaimAsync()).Single();
        await AgeClaimsAsync();
        await Queue.RecoverAsync(15, CancellationToken.None);
        await ClaimAsync();

        Assert.That((await WriteBackAsync(late, Unavailable)).Changed, Is.Zero);
        Assert.That(await Queue.ReleaseAsync(late, maySent: true, CancellationToken.None), Is.Zero);
    }

    [Test]
    public async Task A_row_the_dashboard_takes_over_by_status_alone_is_no_longer_ours()
    {
        var row = (await Database.EnqueueAsync(await Database.AddSiteAsync())).Single();
        var ours = (await ClaimAsync()).Single();
        await Database.ExecuteAsync("update offline_conversion_queue set status = 'QUEUED' where id = $1", row);
        await Database.ExecuteAsync("update offline_conversion_queue set status = 'PROCESSING' where id = $1", row);

        var counts = await WriteBackAsync(ours, UploadOutcome.Completed());

        Assert.Multiple(async () =>
        {
            Assert.That(counts.Changed, Is.Zero);
            Assert.That(
                await Database.ScalarAsync<bool>(
                    "select claimed_at is not null and claim_token is null from offline_conversion_queue where id = $1", row),
                Is.True, "its claim has an age, so that recovery finds it");
            Assert.That(
                await Database.ScalarAsync<int>("select claim_count from offline_conversion_queue where id = $1", row),
                Is.EqualTo(2), "both may have sent it: an order id in use may be its own");
        });
    }

    private Task<int> AgeClaimsAsync() =>
        Database.ExecuteAsync("update offline_conversion_queue set claimed_at = now() - interval '20 minutes'");

    private Task<string?> RowAsync(Guid id) => Database.ScalarAsync<string>(
        """
        select concat_ws(' ', status, retry_count, coalesce(provider_error_code, '-'),
                         coalesce(provider_error_category, '-'), coalesce(last_error, '-'),
                         coalesce(provider_request_id, '-'), coalesce(provider_ref, '-'),
                         case when uploaded_at is null then '-' else 'uploaded' end)
        from offline_conversion_queue
        where id = $1 and claim_token is null and claimed_at is null
        """, id);
}
