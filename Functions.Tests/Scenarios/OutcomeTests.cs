using OpsMantik.Core.Vault;
using OpsMantik.Functions.Tests.Support;
using OpsMantik.Local.GoogleEmulator;

namespace OpsMantik.Functions.Tests.Scenarios;

/// <summary>What an upload makes of every kind of trouble, through the real provider and the wire.</summary>
internal sealed class OutcomeTests : Scenario
{
    [TestCase("err-EXPIRED_EVENT", "FAILED/EXPIRED_EVENT:1", 1)]
    [TestCase("err-UNPARSEABLE_GCLID", "FAILED/UNPARSEABLE_GCLID:1", 1)]
    [TestCase("err-INTERNAL_ERROR", "RETRY/INTERNAL_ERROR:1", 1)]
    [TestCase("err-TOO_RECENT_EVENT", "RETRY/TOO_RECENT_EVENT:1", 0)]
    [TestCase("err-NO_CONVERSION_ACTION_FOUND", "RETRY/NO_CONVERSION_ACTION_FOUND:1", 0)]
    [TestCase("err-CLICK_CONVERSION_ALREADY_EXISTS", "FAILED/COUNTED_FOR_ANOTHER_SALE:1", 1)]
    [TestCase("err-ORDER_ID_ALREADY_IN_USE", "COMPLETED/ORDER_ID_ALREADY_IN_USE:1", 0)]
    public async Task A_rows_error_decides_that_row_alone(string click, string expected, int attempts)
    {
        var site = await AddSiteAsync(1);
        await Database.EnqueueAsync(site, 3, "good");
        var row = (await Database.EnqueueAsync(site, 1, click)).Single();

        await using var worker = NewWorker();
        await worker.UploadAsync();

        Assert.Multiple(async () =>
        {
            Assert.That(await RowsAsync(site), Does.Contain(expected).And.Contain("COMPLETED:3"));
            Assert.That(
                await Database.ScalarAsync<int>("select retry_count from offline_conversion_queue where id = $1", row),
                Is.EqualTo(attempts));
        });
    }

    [Test]
    public async Task A_too_recent_event_waits_6_hours()
    {
        await Database.EnqueueAsync(await AddSiteAsync(1), 1, "err-TOO_RECENT_EVENT");
        await using var worker = NewWorker();
        await worker.UploadAsync();

        Assert.That(
            await Database.ScalarAsync<double>(
                "select extract(epoch from next_retry_at - now())::float8 / 3600 from offline_conversion_queue"),
            Is.EqualTo(6).Within(0.02));
    }

    [Test]
    public async Task A_row_without_a_click_id_never_reaches_google()
    {
        var site = await AddSiteAsync(1);
        await Database.EnqueueAsync(site, 1);
        await Database.ExecuteAsync("update offline_conversion_queue set gclid = null");

        await using var worker = NewWorker();
        var summary = await worker.UploadAsync();

        Assert.Multiple(async () =>
        {
            Assert.That(summary.Failed, Is.EqualTo(1));
            Assert.That(await RowsAsync(site), Is.EqualTo("FAILED/MISSING_CLICK_ID:1"));
            Assert.That(Google.Calls, Is.Empty);
        });
    }

    [Test]
    public async Task Bad_credentials_fail_their_own_site_and_no_other()
    {
        var revoked = await AddSiteAsync(1, "CANARY-revoked");
        var missing = await Database.AddSiteAsync();
        var damaged = await AddSiteAsync(3);
        var healthy = await AddSiteAsync(4);
        await Database.ExecuteAsync(
            "update provider_credentials set encrypted_payload = 'AAAA' where site_id = $1", damaged);
        foreach (var site in (Guid[])[revoked, missing, damaged, healthy])
            await Database.EnqueueAsync(site, 2, $"c-{site}");

        await using var worker = NewWorker();
        await worker.UploadAsync();

        Assert.Multiple(async () =>
        {
            Assert.That(await RowsAsync(revoked), Is.EqualTo("FAILED/INVALID_GRANT:2"));
            Assert.That(await RowsAsync(missing), Is.EqualTo("FAILED/CREDENTIALS_MISSING:2"));
            Assert.That(await RowsAsync(damaged), Is.EqualTo("FAILED/CREDENTIALS_UNREADABLE:2"));
            Assert.That(await RowsAsync(healthy), Is.EqualTo("COMPLETED:2"));
            Assert.That(
                await Database.ScalarAsync<long>(
                    "select count(*) from offline_conversion_queue where provider_error_category = 'AUTH'"),
                Is.EqualTo(6));
        });
    }

    [Test]
    public async Task A_vault_key_the_worker_lacks_parks_the_rows_and_spends_nothing()
    {
        var site = await Database.AddSiteAsync();
        var otherVault = new CredentialVault(VaultKeyRing.Parse(Convert.ToBase64String(new byte[32]), null));
        await Database.AddCredentialsAsync(otherVault, site);
        await Database.EnqueueAsync(site, 2);

        await using var worker = NewWorker();
        await worker.UploadAsync();

        Assert.Multiple(async () =>
        {
            Assert.That(await RowsAsync(site), Is.EqualTo("RETRY/VAULT_KEY_UNKNOWN:2"));
            Assert.That(
                await Database.ScalarAsync<long>("select sum(retry_count) from offline_conversion_queue"), Is.Zero);
        });
    }

    [Test]
    public async Task A_project_that_google_did_not_allowlist_parks_its_rows_and_no_circuit_opens()
    {
        Google.SetBehaviour(CustomerId(1), CallBehaviour.NotAllowlisted);
        var site = await AddSiteAsync(1);
        await Database.EnqueueAsync(site, 5);

        await using var worker = NewWorker();
        for (var run = 0; run < 6; run++)
        {
            await worker.UploadAsync();
            await MakeDueAsync();
        }

        Assert.Multiple(async () =>
        {
            Assert.That(await RowsAsync(site), Is.EqualTo("RETRY/CUSTOMER_NOT_ALLOWLISTED_FOR_THIS_FEATURE:5"));
            Assert.That(
                await Database.ScalarAsync<long>(
                    "select count(*) from provider_health_state where state <> 'CLOSED' or failure_count > 0"),
                Is.Zero);
        });
    }
}
