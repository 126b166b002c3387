using System.Net;
using OpsMantik.Functions.Tests.Hosts;
using OpsMantik.Functions.Tests.Support;

namespace OpsMantik.Functions.Tests.Web.Endpoints;

[TestFixtureSource(typeof(HostedWorker), nameof(HostedWorker.Kinds))]
internal sealed class CronAuthTests(HostKind host)
{
    private const string Forbidden = """{"error":"forbidden","code":"CRON_FORBIDDEN"}""";
    private static readonly string[] Posts = [Paths.Upload, Paths.Recover, Paths.Confirm, Paths.Reconcile, Paths.Seed];

    private HostedWorker _app = null!;

    [OneTimeSetUp]
    public async Task StartAsync() => _app = await HostedWorker.StartAsync(host);

    [OneTimeTearDown]
    public async Task StopAsync() => await _app.DisposeAsync();

    [TestCaseSource(nameof(Posts))]
    public async Task A_post_without_the_secret_is_forbidden(string path)
    {
        foreach (var secret in new[] { null, "CANARY-other", HostedWorker.Secret + "x", HostedWorker.Secret[..^1] })
            await AssertForbiddenAsync(await _app.PostAsync(path, secret: secret));
    }

    [TestCaseSource(nameof(Posts))]
    public async Task The_header_of_another_platform_opens_nothing(string path)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, path);
        request.Headers.Add("x-vercel-cron", "1");

        await AssertForbiddenAsync(await _app.Http.SendAsync(request));
    }

    [TestCase("Basic " + HostedWorker.Secret)]
    [TestCase(HostedWorker.Secret)]
    [TestCase("Bearer")]
    [TestCase("Bearer ")]
    [TestCase("Bearer " + HostedWorker.Secret + ", Bearer " + HostedWorker.Secret)]
    public async Task An_authorization_of_another_form_is_forbidden(string authorization)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, Paths.Upload);
        request.Headers.TryAddWithoutValidation("Authorization", authorization);

        await AssertForbiddenAsync(await _app.Http.SendAsync(request));
    }

    [TestCase("Bearer CANARY-old")]
    [TestCase("bearer CANARY-new")]
    [TestCase("BEARER   CANARY-new")]
    public async Task Two_secrets_are_valid_during_a_rotation_under_a_scheme_in_any_case(string authorization)
    {
        await using var app = await HostedWorker.StartAsync(host, ("CRON_SECRET", "CANARY-old, CANARY-new"));
        using var request = new HttpRequestMessage(HttpMethod.Post, Paths.Upload + "?limit=0");
        request.Headers.TryAddWithoutValidation("Authorization", authorization);

        using var response = await app.Http.SendAsync(request);

        Assert.That(response.StatusCode, Is.EqualTo(HttpStatusCode.BadRequest), "admitted, and told about the limit");
    }

    [TestCase(null, "missing")]
    [TestCase("", "missing")]
    [TestCase(" \t", "missing")]
    [TestCase(" , ,", "missing")]
    [TestCase("@Microsoft.KeyVault(SecretUri=https://v.vault.azure.net/secrets/CRON-SECRET)", "unresolved")]
    [TestCase("CANARY-a,@microsoft.keyvault(VaultName=v;SecretName=s)", "unresolved")]
    [TestCase("CANARY-a,CANARY-b,CANARY-c", "invalid")]
    public async Task An_unusable_secret_shuts_every_post_and_is_named_at_start(string? setting, string status)
    {
        await using var app = await HostedWorker.StartAsync(host, ("CRON_SECRET", setting), ("STATUS_SECRET", "CANARY-status"));

        foreach (var path in Posts)
        {
            foreach (var secret in new[] { null, "", setting?.Trim(), "CANARY-a" })
            {
                using var request = new HttpRequestMessage(HttpMethod.Post, path);
                request.Headers.TryAddWithoutValidation("Authorization", $"Bearer {secret}");
                await AssertForbiddenAsync(await app.Http.SendAsync(request));
            }
        }

        await Eventually.TrueAsync(
            () => app.Logs.Any(line => line.StartsWith("Error CRON_SECRET ", StringComparison.Ordinal)), "named");
        Assert.That(app.Logs, Has.None.Contains("CANARY-"));
        Assert.That(await app.Http.GetStringOfAsync(Paths.Health), Is.EqualTo("""{"ok":false}"""));
        Assert.That(await app.HealthAsync("CANARY-status"), Does.Contain($"\"cron_secret\":\"{status}\""));
    }

    [Test]
    public async Task The_status_secret_opens_what_reads_and_no_post()
    {
        await using var app = await HostedWorker.StartAsync(host, ("STATUS_SECRET", "CANARY-status-old, CANARY-status-new"));

        foreach (var secret in new[] { "CANARY-status-old", "CANARY-status-new" })
        {
            using var page = await app.SendAsync(HttpMethod.Get, Paths.Status, null, secret);
            Assert.That(page.StatusCode, Is.EqualTo(HttpStatusCode.ServiceUnavailable), "admitted, and told that there is no database");
            Assert.That(await app.HealthAsync(secret), Does.Contain("\"version\":"));
            foreach (var path in Posts)
                await AssertForbiddenAsync(await app.PostAsync(path, secret: secret));
        }

        using var byCron = await app.SendAsync(HttpMethod.Get, Paths.Status);
        using var stranger = await app.SendAsync(HttpMethod.Get, Paths.Status, null, "CANARY-other");
        Assert.That(byCron.StatusCode, Is.EqualTo(HttpStatusCode.ServiceUnavailable), "the cron secret goes on opening it");
        Assert.That(stranger.StatusCode, Is.EqualTo(HttpStatusCode.Unauthorized));
    }

    [TestCase("@Microsoft.KeyVault(SecretUri=https://v.vault.azure.net/secrets/STATUS-SECRET)")]
    [TestCase("CANARY-a,CANARY-b,CANARY-c")]
    public async Task An_unusable_status_secret_is_named_at_start_and_opens_nothing(string setting)
    {
        await using var app = await HostedWorker.StartAsync(host, ("STATUS_SECRET", setting));

        foreach (var secret in setting.Split(','))
        {
            using var response = await app.SendAsync(HttpMethod.Get, Paths.Status, null, secret);
            Assert.That(response.StatusCode, Is.EqualTo(HttpStatusCode.Unauthorized));
        }

        await Eventually.TrueAsync(
            () => app.Logs.Any(line => line.StartsWith("Error STATUS_SECRET ", StringComparison.Ordinal)), "named");
    }

    private static async Task AssertForbiddenAsync(HttpResponseMessage response)
    {
        using (response)
        {
            Assert.That(response.StatusCode, Is.EqualTo(HttpStatusCode.Forbidden));
            Assert.That(await response.Content.ReadAsStringAsync(), Is.EqualTo(Forbidden));
        }
    }
}
