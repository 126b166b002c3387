using OpsMantik.Core.Vault;
using OpsMantik.Functions.Tests.Support;

namespace OpsMantik.Functions.Tests.Queue;

internal sealed class ClaimTests : QueueFixture
{
    [Test]
    public async Task Only_due_rows_of_the_provider_are_claimed()
    {
        var site = await Database.AddSiteAsync();
        var rows = await Database.EnqueueAsync(site, 7);
        await Set(rows[0], "next_retry_at = now() + interval '1 minute', status = 'RETRY'");
        await Set(rows[1], "next_retry_at = now() - interval '1 second', status = 'RETRY'");
        await Set(rows[2], "status = 'COMPLETED'");
        await Set(rows[3], "status = 'FAILED'");
        await Set(rows[4], "status = 'PROCESSING'");
        await Set(rows[5], "provider_key = 'other'");

        var groups = await ClaimAsync();

        Assert.That(groups.Single().Jobs.Select(job => job.Id), Is.EquivalentTo(new[] { rows[1], rows[6] }));
    }

    [Test]
    public async Task A_group_gives_rows_without_a_time_first_then_the_oldest()
    {
        var site = await Database.AddSiteAsync();
        var rows = await Database.EnqueueAsync(site, 4);
        await Set(rows[0], "next_retry_at = now() - interval '1 minute'");
        await Set(rows[1], "next_retry_at = now() - interval '2 minutes'");
        await Set(rows[2], "next_retry_at = null");
        await Set(rows[3], "next_retry_at = null");

        var order = new List<Guid>();
        for (var i = 0; i < rows.Length; i++)
            order.Add((await ClaimAsync(limit: 1)).Single().Jobs.Single().Id);

        Assert.That(order, Is.EqualTo(new[] { rows[2], rows[3], rows[1], rows[0] }));
    }

    [Test]
    public async Task Rows_of_a_claim_hold_an_equal_currency_and_payload_once()
    {
        await Database.EnqueueAsync(await Database.AddSiteAsync(), 2);

        var jobs = (await ClaimAsync()).Single().Jobs;

        Assert.That(jobs[1].Currency, Is.SameAs(jobs[0].Currency));
        Assert.That(jobs[1].Payload, Is.SameAs(jobs[0].Payload));
    }

    [Test]
    public async Task A_claim_stamps_a_fresh_token_and_the_ledger()
    {
        var site = await Database.AddSiteAsync();
        var row = (await Database.EnqueueAsync(site, 3))[0];

        var group = (await ClaimAsync()).Single();

        Assert.Multiple(async () =>
        {
            Assert.That(await StatusAsync(row), Is.EqualTo("PROCESSING"));
            Assert.That(
                await Database.ScalarAsync<Guid>("select claim_token from offline_conversion_queue where id = $1", row),
                Is.EqualTo(group.ClaimToken));
            Assert.That(
                await Database.ScalarAsync<bool>(
                    "select claimed_at > now() - interval '1 minute' from offline_conversion_queue where id = $1", row),
                Is.True);
            Assert.That(
                await Database.ScalarAsync<int>(
                    """
                    select claimed_count from provider_upload_attempts
                    where phase = 'STARTED' and site_id = $1 and batch_id = $2
                    """, site, group.ClaimToken.ToString()),
                Is.EqualTo(3));
        });
    }

    [Test]
    public async Task Credentials_come_along_once_per_group_and_inactive_ones_do_not()
    {
        var vault = new CredentialVault(VaultKeyRing.Parse(Convert.ToBase64String(new byte[32]), null));
        var sites = await Database.AddSitesAsync(2);
        foreach (var site in sites)
        {
            await Database.EnqueueAsync(site, 2);
            await Database.AddCredentialsAsync(vault, site);
        }

        await Database.ExecuteAsync("update provider_credentials set is_active = false where site_id = $1", sites[1]);
        var groups = (await ClaimAsync()).ToDictionary(group => group.SiteId);

        Assert.Multiple(() =>
        {
            Assert.That(vault.Open(new(sites[0], "google_ads"), groups[sites[0]].Credential!).Opened, Is.True);
            Assert.That(groups[sites[1]].Credential, Is.Null);
        });
    }

    [Test]
    public async Task Claims_at_once_share_no_row()
    {
        foreach (var site in await Database.AddSitesAsync(20))
            await Database.EnqueueAsync(site, 50);

        var claims = await Task.WhenAll(
            Enumerable.Range(0, 8).Select(worker => ClaimAsync(limit: 125, queue: NewQueue(worker))));
        var jobs = claims.SelectMany(groups => groups).SelectMany(group => group.Jobs).Select(job => job.Id).ToList();

        Assert.Multiple(async () =>
        {
            Assert.That(jobs, Is.Unique);
            Assert.That(
                await Database.ScalarAsync<int>("select count(*)::int from offline_conversion_queue where status = 'PROCESSING'"),
                Is.EqualTo(jobs.Count));
            Assert.That(jobs, Has.Count.GreaterThan(500), "they skip each other's rows instead of waiting for them");
        });
    }

    [Test]
    public async Task Two_runs_of_one_process_do_not_take_each_others_rows_for_an_empty_queue()
    {
        foreach (var site in await Database.AddSitesAsync(4))
            await Database.EnqueueAsync(site);
        await Database.ExecuteAsync(
            """
            create function linger() returns trigger language plpgsql as 'begin perform pg_sleep(1); return null; end';
            create trigger linger after update on offline_conversion_queue for each statement execute function linger();
            """);

        var first = ClaimAsync(limit: 2);
        while (!await Database.ScalarAsync<bool>("select exists (select from pg_stat_activity where wait_event = 'PgSleep' and datname = current_database())"))
            await Task.Delay(10);
        var second = ClaimAsync(limit: 2);

        Assert.That(
            (await Task.WhenAll(first, second)).SelectMany(groups => groups).Select(group => group.SiteId),
            Is.Unique.And.Exactly(4).Items);
    }

    [TestCase("'infinity'")]
    [TestCase("'-infinity'")]
    [TestCase("'4000-01-01 BC'")]
    [TestCase("'290000-01-01'")]
    public async Task A_time_beyond_the_calendar_does_not_stop_the_claim(string time)
    {
        var rows = await Database.EnqueueAsync(await Database.AddSiteAsync(), 2);
        await Set(rows[0], $"conversion_time = {time}");

        Assert.That((await ClaimAsync()).Single().Jobs, Has.Count.EqualTo(2));
    }

    [TestCase("jsonb_build_object('note', repeat('a', 60000))", true)]
    [TestCase("jsonb_build_object('note', repeat('a', 70000))", false)]
    [TestCase("jsonb_build_object('note', repeat('a', 3000000))", false)]
    public async Task A_payload_is_measured_as_it_unfolds(string payload, bool taken)
    {
        var row = (await Database.EnqueueAsync(await Database.AddSiteAsync())).Single();
        await Set(row, $"payload = {payload}");

        Assert.That((await ClaimAsync()).Single().Jobs.Single().Payload is not null, Is.EqualTo(taken));
    }

    private Task<int> Set(Guid row, string assignments) =>
        Database.ExecuteAsync($"update offline_conversion_queue set {assignments} where id = $1", row);
}
