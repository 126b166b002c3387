using System.Text;
using OpsMantik.Functions.Tests.Scenarios;
using OpsMantik.Functions.Tests.Support;

namespace OpsMantik.Functions.Tests.Reliability.Fuzz;

/// <summary>Sites whose credentials open well and hold nonsense, or are gone, beside one that is well.</summary>
internal sealed class HostileSiteTests : Scenario
{
    private const string Trio = "\"client_id\":\"CANARY-c\",\"client_secret\":\"CANARY-s\",\"refresh_token\":\"CANARY-r\"";
    private const string Action = "\"conversion_action_resource_name\":\"customers/1/conversionActions/2\"";

    private static readonly byte[][] Credentials =
    [
        [],
        [0],
        [0xFF, 0xFE],
        .. new[]
        {
            "{", "[]", "null", "7", "\"CANARY-text\"", "{}", "{\"upload_api\":7}", "{\"upload_api\":\"meta_ads\"}", "{\"upload_api\":\"\\ud800\"}",
            $"{{\"customer_id\":\"1234567890\",{Trio}}}",
            $"{{\"customer_id\":-1234567890,{Trio},{Action}}}",
            $"{{\"customer_id\":\"\\ud800\",{Trio},{Action}}}",
            $"{{\"\\udc00\":1,\"customer_id\":\"1234567890\",{Trio},{Action}x}}",
            $"{{\"customer_id\":\"1234567890/../2\",{Trio},{Action}}}",
            $"{{\"customer_id\":\"1234567890\",\"developer_token\":\"CANARY\\r\\nX: y\",{Trio},{Action}}}",
            $"{{\"customer_id\":\"1234567890\",{Trio},\"conversion_action_resource_name\":\"customers/1/../2\"}}",
            "{\"upload_api\":\"data_manager\",\"customer_id\":\"1234567890\",\"conversion_action_id\":\"1\",\"service_account\":\"{\\\"client_email\\\":\\\"\\\\ud800\\\"}\"}",
            "{\"upload_api\":\"data_manager\",\"customer_id\":\"1234567890\",\"conversion_action_id\":\"1\",\"service_account\":{\"client_email\":\"e\",\"project_id\":\"p\",\"private_key\":\"CANARY-none\"}}",
            "{\"a\":" + new string('[', 100) + new string(']', 100) + "}",
        }.Select(Encoding.UTF8.GetBytes),
        [.. "{\"customer_id\":\""u8, 0xC3, 0x28, .. "\"}"u8],
    ];

    [Test]
    public async Task Nonsense_in_a_sealed_payload_fails_its_own_site_and_names_the_field()
    {
        var good = await AddSiteAsync(1);
        await Database.EnqueueAsync(good, 3);
        var sites = await Database.AddSitesAsync(Credentials.Length);
        foreach (var (site, json) in sites.Zip(Credentials))
        {
            var credential = Worker.Vault.Seal(json);
            await Database.ExecuteAsync(
                """
                insert into provider_credentials (site_id, provider_key, encrypted_payload, key_fingerprint)
                values ($1, 'google_ads', $2, $3)
                """, site, credential.Payload, credential.KeyFingerprint);
            await Database.EnqueueAsync(site);
        }

        await using var worker = NewWorker();
        await worker.UploadAsync();

        Assert.That(await RowsAsync(good), Is.EqualTo("COMPLETED:3"));
        foreach (var (site, json) in sites.Zip(Credentials))
        {
            // An empty box is no credential at all: the vault says so itself.
            var expected = json.Length == 0 ? "FAILED/CREDENTIALS_UNREADABLE:1" : "FAILED/INVALID_CREDENTIALS:1";
            Assert.That(await RowsAsync(site), Is.EqualTo(expected).Or.EqualTo("FAILED/INVALID_CREDENTIALS:1"), Encoding.Latin1.GetString(json).Replace("CANARY", "C"));
        }

        Assert.That(worker.Logs, Has.None.StartsWith("Error"));
    }

    [Test]
    public async Task A_site_that_is_gone_and_one_without_credentials_fail_alone_and_another_provider_is_left_alone()
    {
        var good = await AddSiteAsync(1);
        var bare = await Database.AddSiteAsync();
        var inactive = await AddSiteAsync(2);
        var damaged = await AddSiteAsync(3);
        foreach (var site in (Guid[])[good, bare, inactive, damaged])
            await Database.EnqueueAsync(site, 2);
        var gone = Guid.NewGuid();
        await Database.ExecuteAsync("update provider_credentials set is_active = false where site_id = $1", inactive);
        await Database.ExecuteAsync("update provider_credentials set encrypted_payload = 'no base64!' where site_id = $1", damaged);
        var other = await Database.EnqueueAsync(good, 1, "other");
        await Database.ExecuteAsync("update offline_conversion_queue set provider_key = E'meta''\\nads' where id = $1", other[0]);
        var orphan = await Database.EnqueueAsync(good, 1, "orphan");
        await Database.ExecuteAsync("update offline_conversion_queue set site_id = $1 where id = $2", gone, orphan[0]);

        await using var worker = NewWorker();
        await worker.UploadAsync();

        Assert.Multiple(async () =>
        {
            Assert.That(await RowsAsync(good), Is.EqualTo("COMPLETED:2 QUEUED:1"));
            Assert.That(await RowsAsync(bare), Is.EqualTo("FAILED/CREDENTIALS_MISSING:2"));
            Assert.That(await RowsAsync(inactive), Is.EqualTo("FAILED/CREDENTIALS_MISSING:2"));
            Assert.That(await RowsAsync(damaged), Is.EqualTo("FAILED/CREDENTIALS_UNREADABLE:2"));
            Assert.That(await RowsAsync(gone), Is.EqualTo("FAILED/CREDENTIALS_MISSING:1"));
            Assert.That(worker.Logs, Has.None.StartsWith("Error"));
        });
    }
}
