using Npgsql;
using OpsMantik.Core.Providers;
using OpsMantik.Core.Queue;
using OpsMantik.Functions.Tests.Support;

namespace OpsMantik.Functions.Tests.Queue;

internal sealed class ClaimCircuitTests : QueueFixture
{
    [Test]
    public async Task Rows_of_an_open_group_wait_until_after_its_probe_and_spend_nothing()
    {
        var sites = await Database.AddSitesAsync(2);
        var rows = await Database.EnqueueAsync(sites[0], 20);
        await Database.ExecuteAsync(
            "update offline_conversion_queue set next_retry_at = now() + interval '1 hour' where id = $1", rows[0]);
        await Database.EnqueueAsync(sites[1], 1);
        await Database.SetCircuitAsync(sites[0], "OPEN", "now() + interval '3 minutes'");

        var groups = await ClaimAsync();

        Assert.Multiple(async () =>
        {
            Assert.That(groups.Select(group => group.SiteId), Is.EqualTo(new[] { sites[1] }));
            Assert.That(
                await Database.ScalarAsync<long>(
                    """
                    select count(*)
                    from offline_conversion_queue q
                    join provider_health_state h using (site_id)
                    where q.site_id = $1 and q.last_error = 'CIRCUIT_OPEN' and q.retry_count = 0 and q.claim_count = 0
                      and q.next_retry_at between h.next_probe_at and h.next_probe_at + interval '30 seconds'
                    """, sites[0]),
                Is.EqualTo(19), "all but the one that is due later anyway");
            Assert.That(
                await Database.ScalarAsync<long>(
                    "select count(distinct next_retry_at) from offline_conversion_queue where last_error = 'CIRCUIT_OPEN'"),
                Is.EqualTo(19), "each at a moment of its own");
        });
    }

    [Test]
    public async Task After_the_probe_time_at_most_probe_limit_rows_go_out()
    {
        var site = await OpenCircuitDueForProbeAsync(rows: 20);

        var group = (await ClaimAsync()).Single();

        Assert.Multiple(async () =>
        {
            Assert.That(group.Jobs, Has.Count.EqualTo(5));
            Assert.That(group.IsProbe, Is.True);
            Assert.That(await CircuitAsync(site), Is.EqualTo("HALF_OPEN"));
            Assert.That(
                await Database.ScalarAsync<long>("select count(*) from offline_conversion_queue where status = 'QUEUED'"),
                Is.EqualTo(15));
        });
    }

    [Test]
    public async Task A_limited_claim_takes_no_probe_it_has_no_row_for()
    {
        for (var i = 0; i < 5; i++)
            await OpenCircuitDueForProbeAsync(rows: 3);

        await ClaimAsync(limit: 1);

        Assert.That(
            await Database.ScalarAsync<long>("select count(*) from provider_health_state where state = 'HALF_OPEN'"),
            Is.EqualTo(1));
    }

    [TestCase(0)]
    [TestCase(-1)]
    public async Task A_probe_limit_below_one_counts_as_one(int limit)
    {
        await OpenCircuitDueForProbeAsync(rows: 3);
        await Database.ExecuteAsync("update provider_health_state set probe_limit = $1", limit);

        Assert.That((await ClaimAsync()).Single().Jobs, Has.Count.EqualTo(1));
    }

    [Test]
    public async Task Of_many_workers_one_probes()
    {
        await OpenCircuitDueForProbeAsync(rows: 100);

        var claims = await Task.WhenAll(Enumerable.Range(0, 8).Select(seed => ClaimAsync(queue: NewQueue(seed))));

        Assert.That(claims.SelectMany(groups => groups).Sum(group => group.Jobs.Count), Is.EqualTo(5));
    }

    [Test]
    public async Task A_probe_that_dies_frees_itself_when_its_lease_ends()
    {
        await OpenCircuitDueForProbeAsync(rows: 20);
        await ClaimAsync();
        var whileLeased = await ClaimAsync();
        await Database.ExecuteAsync("update provider_health_state set probe_lease_until = now()");

        var afterLease = await ClaimAsync();

        Assert.Multiple(() =>
        {
            Assert.That(whileLeased, Is.Empty);
            Assert.That(afterLease.Single().Jobs, Has.Count.EqualTo(5));
        });
    }

    [Test]
    public async Task A_successful_probe_closes_and_the_rest_waits_for_the_next_run()
    {
        var site = await OpenCircuitDueForProbeAsync(rows: 20);
        var run = Guid.NewGuid();
        var probe = (await ClaimAsync(run: run)).Single();
        await WriteBackAsync(probe, UploadOutcome.Completed(), CircuitSignal.Success);

        var sameRun = await ClaimAsync(run: run);
        var nextRun = await ClaimAsync();

        Assert.Multiple(async () =>
        {
            Assert.That(await CircuitAsync(site), Is.EqualTo("CLOSED"));
            Assert.That(sameRun, Is.Empty);
            Assert.That(nextRun.Single().Jobs, Has.Count.EqualTo(15));
        });
    }

    [Test]
    public async Task A_failed_probe_opens_again()
    {
        var site = await OpenCircuitDueForProbeAsync(rows: 20);
        var probe = (await ClaimAsync()).Single();

        await WriteBackAsync(
            probe, UploadOutcome.Retry("HTTP_503", ErrorCategory.Transient, "down"), CircuitSignal.TransientFailure);

        Assert.Multiple(async () =>
        {
            Assert.That(await CircuitAsync(site), Is.EqualTo("OPEN"));
            Assert.That(await ClaimAsync(), Is.Empty);
        });
    }

    [Test]
    public async Task A_probe_refused_for_good_frees_the_lease_and_decides_nothing()
    {
        var site = await OpenCircuitDueForProbeAsync(rows: 20);
        var probe = (await ClaimAsync()).Single();

        await WriteBackAsync(probe, UploadOutcome.Failed("EXPIRED_EVENT", ErrorCategory.Validation, "too old"));

        Assert.Multiple(async () =>
        {
            Assert.That(await CircuitAsync(site), Is.EqualTo("HALF_OPEN"));
            Assert.That((await ClaimAsync()).Single().Jobs, Has.Count.EqualTo(5), "the next run probes");
        });
    }

    [Test]
    public async Task A_released_probe_can_be_taken_at_once_by_another_run()
    {
        await OpenCircuitDueForProbeAsync(rows: 20);
        var probe = (await ClaimAsync()).Single();

        await Queue.ReleaseAsync(probe, maySent: false, CancellationToken.None);

        Assert.That((await ClaimAsync()).Single().IsProbe, Is.True);
    }

    [Test]
    public async Task A_probe_whose_rows_another_session_holds_is_given_back_at_once_and_the_next_run_probes()
    {
        var site = await OpenCircuitDueForProbeAsync(rows: 3);
        var run = Guid.NewGuid();
        await using (var other = await Database.Admin.OpenConnectionAsync())
        {
            await using var transaction = await other.BeginTransactionAsync();
            await using var hold = new NpgsqlCommand("update offline_conversion_queue set updated_at = now()", other, transaction);
            await hold.ExecuteNonQueryAsync();

            Assert.That(await ClaimAsync(run: run), Is.Empty);
            await transaction.CommitAsync();
        }

        Assert.That(
            await Database.ScalarAsync<string>(
                "select concat_ws(' ', state, probe_token, probe_lease_until) from provider_health_state where site_id = $1", site),
            Is.EqualTo("HALF_OPEN"), "no lease is left");
        Assert.That(await ClaimAsync(run: run), Is.Empty, "a run asks once");
        Assert.That((await ClaimAsync()).Single().IsProbe, Is.True);
    }

    [Test]
    public async Task A_probe_that_has_rows_keeps_its_lease_beside_one_that_has_none()
    {
        var (probed, held) = (await OpenCircuitDueForProbeAsync(rows: 3), await OpenCircuitDueForProbeAsync(rows: 3));
        await using var other = await Database.Admin.OpenConnectionAsync();
        await using var transaction = await other.BeginTransactionAsync();
        await using var hold = new NpgsqlCommand(
            "select from offline_conversion_queue where site_id = $1 for update", other, transaction)
        { Parameters = { new() { Value = held } } };
        await hold.ExecuteNonQueryAsync();

        var group = (await ClaimAsync()).Single();

        Assert.That(group.SiteId, Is.EqualTo(probed));
        Assert.That(
            await Database.ScalarAsync<Guid[]>("select array_agg(probe_token) from provider_health_state where probe_token is not null"),
            Is.EqualTo(new[] { group.ClaimToken }));
        Assert.That(
            await Database.ScalarAsync<Guid>("select site_id from provider_health_state where probe_token is not null"), Is.EqualTo(probed));
    }

    private async Task<Guid> OpenCircuitDueForProbeAsync(int rows)
    {
        var site = await Database.AddSiteAsync();
        await Database.EnqueueAsync(site, rows);
        await Database.SetCircuitAsync(site, "OPEN", "now() - interval '1 second'", failures: 5);
        return site;
    }
}
