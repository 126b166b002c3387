using Npgsql;
using OpsMantik.Core.Providers;
using OpsMantik.Functions.Tests.Support;

namespace OpsMantik.Functions.Tests.Queue;

internal sealed class RecoveryTests : QueueFixture
{
    [Test]
    public async Task Only_rows_claimed_long_ago_go_back_and_their_attempts_stay()
    {
        var rows = await Database.EnqueueAsync(await Database.AddSiteAsync(), 4);
        await Set(rows[0], "status = 'PROCESSING', claimed_at = now() - interval '16 minutes', retry_count = 3");
        await Set(rows[1], "status = 'PROCESSING', claimed_at = now() - interval '14 minutes'");
        await Set(rows[2], "status = 'COMPLETED', updated_at = now() - interval '1 day'");

        var recovered = await Queue.RecoverAsync(15, CancellationToken.None);

        Assert.Multiple(async () =>
        {
            Assert.That(recovered, Is.EqualTo(1));
            Assert.That(
                await Database.ScalarAsync<string>(
                    """
                    select concat_ws(' ', status, retry_count, claim_token is null and claimed_at is null)
                    from offline_conversion_queue where id = $1
                    """, rows[0]),
                Is.EqualTo("QUEUED 3 t"));
            Assert.That(await StatusAsync(rows[1]), Is.EqualTo("PROCESSING"));
            Assert.That(await StatusAsync(rows[2]), Is.EqualTo("COMPLETED"));
        });
    }

    [Test]
    public async Task A_claim_of_a_clock_that_was_ahead_goes_back_at_once_and_its_worker_can_write_nothing()
    {
        var rows = await Database.EnqueueAsync(await Database.AddSiteAsync(), 2);
        var group = (await ClaimAsync()).Single();
        await Set(rows[0], "claimed_at = now() + interval '2 days'");
        // Servers of one cluster may differ by this much when one takes over from another.
        await Set(rows[1], "claimed_at = now() + interval '59 minutes'");

        Assert.That(await Queue.RecoverAsync(15, CancellationToken.None), Is.EqualTo(1));

        Assert.That((await StatusAsync(rows[0]), await StatusAsync(rows[1])), Is.EqualTo(("QUEUED", "PROCESSING")));
        Assert.That((await WriteBackAsync(group, UploadOutcome.Completed())).Changed, Is.EqualTo(1));
        Assert.That(await StatusAsync(rows[0]), Is.EqualTo("QUEUED"));
    }

    [Test]
    public async Task Leases_of_a_clock_that_was_ahead_are_free_after_recovery()
    {
        var site = await Database.AddSiteAsync();
        await Database.EnqueueAsync(site, 2);
        await Database.SetCircuitAsync(site, "HALF_OPEN");
        await Database.ExecuteAsync(
            "update provider_health_state set probe_token = gen_random_uuid(), probe_lease_until = now() + interval '2 days'");
        await Database.ExecuteAsync(
            """
            insert into provider_upload_requests (site_id, provider_key, request_id, next_check_at, lease_token, lease_until)
            values ($1, 'google_ads', 'ahead', now(), gen_random_uuid(), now() + interval '2 days'),
                   ($1, 'google_ads', 'held', now(), gen_random_uuid(), now() + interval '9 minutes')
            """, site);

        await Queue.RecoverAsync(15, CancellationToken.None);

        Assert.That((await ClaimAsync()).Single().IsProbe, Is.True);
        Assert.That(
            await Database.ScalarAsync<string>("select request_id from provider_upload_requests where lease_token is null"),
            Is.EqualTo("ahead"));
    }

    [Test]
    public async Task Recovery_closes_the_circuits_of_sites_that_are_gone_and_no_others()
    {
        var (gone, isolated, there) = (await Database.AddSiteAsync(), await Database.AddSiteAsync(), await Database.AddSiteAsync());
        await Database.SetCircuitAsync(gone, "OPEN", "now()", failures: 5);
        await Database.SetCircuitAsync(isolated, "OPEN", "'infinity'");
        await Database.SetCircuitAsync(there, "OPEN", "now()", failures: 5);
        await Database.ExecuteAsync("delete from sites where id in ($1, $2)", gone, isolated);

        await Queue.RecoverAsync(15, CancellationToken.None);

        Assert.That(
            (await CircuitAsync(gone), await CircuitAsync(isolated), await CircuitAsync(there)),
            Is.EqualTo(("CLOSED", "CLOSED", "OPEN")));
    }

    [Test]
    public async Task A_claim_of_the_older_shape_ages_too()
    {
        var row = (await Database.EnqueueAsync(await Database.AddSiteAsync())).Single();
        await Set(row, "status = 'PROCESSING'");
        await Set(row, "claimed_at = null, updated_at = now() - interval '16 minutes'");

        Assert.That(await Queue.RecoverAsync(15, CancellationToken.None), Is.EqualTo(1));
    }

    [TestCase(59, "PROCESSING")]
    [TestCase(61, "QUEUED")]
    [TestCase(2 * 24 * 60, "QUEUED")]
    public async Task A_claim_from_a_clock_that_was_set_back_since_goes_back_too(int minutesAhead, string status)
    {
        var row = (await Database.EnqueueAsync(await Database.AddSiteAsync())).Single();
        await Set(row, $"status = 'PROCESSING', claimed_at = now() + interval '{minutesAhead} minutes'");

        await Queue.RecoverAsync(15, CancellationToken.None);

        Assert.That(await StatusAsync(row), Is.EqualTo(status));
    }

    [Test]
    public async Task More_rows_than_a_chunk_go_back_and_each_chunk_is_committed()
    {
        await Database.EnqueueAsync(await Database.AddSiteAsync(), 45_000);
        await Database.ExecuteAsync(
            "update offline_conversion_queue set status = 'PROCESSING', claimed_at = now() - interval '16 minutes'");

        Assert.That(await Queue.RecoverAsync(15, CancellationToken.None), Is.EqualTo(45_000));

        Assert.That(
            await Database.ScalarAsync<string>(
                "select string_agg(n::text, ' ' order by n desc) from (select count(*) as n from offline_conversion_queue where status = 'QUEUED' group by updated_at) each"),
            Is.EqualTo("20000 20000 5000"));
    }

    [Test]
    public async Task The_circuit_of_a_deleted_site_is_closed_and_no_other()
    {
        var site = await Database.AddSiteAsync();
        var gone = Guid.NewGuid();
        await Database.SetCircuitAsync(site, "OPEN", "'infinity'", failures: 5);
        await Database.SetCircuitAsync(gone, "OPEN", "'infinity'", failures: 5);

        await Queue.RecoverAsync(15, CancellationToken.None);

        Assert.That((await CircuitAsync(site), await CircuitAsync(gone)), Is.EqualTo(("OPEN", "CLOSED")));
    }

    [Test]
    public async Task A_row_that_a_worker_is_writing_is_skipped_and_not_waited_for()
    {
        var row = (await Database.EnqueueAsync(await Database.AddSiteAsync())).Single();
        await Set(row, "status = 'PROCESSING', claimed_at = now() - interval '16 minutes'");
        await using var writer = await Database.Admin.OpenConnectionAsync();
        await using var transaction = await writer.BeginTransactionAsync();
        await using var hold = new NpgsqlCommand("select from offline_conversion_queue for update", writer, transaction);
        await hold.ExecuteNonQueryAsync();

        Assert.That(await Queue.RecoverAsync(15, CancellationToken.None), Is.Zero);
    }

    [Test]
    public async Task Released_rows_are_due_at_once_and_count_as_never_sent()
    {
        var site = await Database.AddSiteAsync();
        await Database.EnqueueAsync(site, 2);
        var group = (await ClaimAsync()).Single();

        Assert.That(await Queue.ReleaseAsync(group, maySent: false, CancellationToken.None), Is.EqualTo(2));

        var again = (await ClaimAsync()).Single();
        Assert.Multiple(() =>
        {
            Assert.That(again.Jobs.Select(job => job.Id), Is.EquivalentTo(group.Jobs.Select(job => job.Id)));
            Assert.That(again.Jobs.Select(job => job.ClaimCount), Is.All.EqualTo(1));
            Assert.That(again.Jobs.Select(job => job.RetryCount), Is.All.Zero);
        });
    }

    [Test]
    public async Task Rows_of_unknown_fate_remember_that_they_may_have_been_sent()
    {
        await Database.EnqueueAsync(await Database.AddSiteAsync());
        await Queue.ReleaseAsync((await ClaimAsync()).Single(), maySent: true, CancellationToken.None);

        Assert.That((await ClaimAsync()).Single().Jobs.Single().ClaimCount, Is.EqualTo(2));
    }

    private Task<int> Set(Guid row, string assignments) =>
        Database.ExecuteAsync($"update offline_conversion_queue set {assignments} where id = $1", row);
}
