using System.Net;
using System.Net.Sockets;
using OpsMantik.Core.Operations;
using OpsMantik.Core.Providers;
using OpsMantik.Functions.Tests.Scenarios;
using OpsMantik.Functions.Tests.Support;
using OpsMantik.Local.GoogleEmulator;

namespace OpsMantik.Functions.Tests.Operations;

[TestFixture("google_ads")]
[TestFixture("data_manager")]
internal sealed class CredentialVerificationTests(string uploadApi) : Scenario
{
    [Test]
    public async Task Good_credentials_work_and_nothing_is_counted()
    {
        var check = await VerifyAsync(await AddSiteAsync());

        Assert.That((check.Result, check.Step, check.Code), Is.EqualTo((AccessResult.Works, AccessStep.Call, (string?)null)));
        Assert.That(check.RequestId, Is.Not.Empty);
        Assert.That(Calls(), Is.EqualTo(1));
        Assert.That(ValidateOnly(), Is.True);
        Assert.That(Google.EffectCount, Is.Zero);
    }

    [Test]
    public async Task A_revoked_consent_is_named_and_no_call_is_made()
    {
        var check = await VerifyAsync(await AddSiteAsync("CANARY-revoked"));

        Assert.That(
            (check.Result, check.Step, check.Code, check.Category),
            Is.EqualTo((AccessResult.Refused, AccessStep.Token, "INVALID_GRANT", ErrorCategory.Auth)));
        Assert.That(check.Message, Does.Contain("Renew the consent"));
        Assert.That(Calls(), Is.Zero);
        Canary.AssertAbsent("the answer", [check.Message]);
    }

    [Test]
    public async Task An_account_that_the_person_may_not_touch_is_refused()
    {
        Google.SetBehaviour("1234567890", CallBehaviour.Forbidden);

        var check = await VerifyAsync(await AddSiteAsync());

        Assert.That(
            (check.Result, check.Step, check.Category),
            Is.EqualTo((AccessResult.Refused, AccessStep.Call, ErrorCategory.Auth)));
        Assert.That(check.Code, Is.EqualTo(IsDataManager ? "PERMISSION_DENIED" : "USER_PERMISSION_DENIED"));
    }

    [Test]
    public async Task A_customer_id_that_google_does_not_know_is_refused()
    {
        var code = IsDataManager ? "INVALID_DESTINATION" : "INVALID_CUSTOMER_ID";
        Google.SetBehaviour("1234567890", CallBehaviour.BadRequest(code));

        var check = await VerifyAsync(await AddSiteAsync());

        Assert.That((check.Result, check.Code), Is.EqualTo((AccessResult.Refused, code)));
        Assert.That(check.Message, Is.Not.Empty);
    }

    [Test]
    public async Task A_retired_method_or_version_is_refused()
    {
        Google.SetBehaviour("1234567890", CallBehaviour.NotAllowlisted);

        var check = await VerifyAsync(await AddSiteAsync());

        Assert.That((check.Result, check.Step), Is.EqualTo((AccessResult.Refused, AccessStep.Call)));
        Assert.That(check.Code, Does.Contain("ALLOWLISTED"));
    }

    [TestCase(503)]
    [TestCase(500)]
    public async Task A_google_that_is_unwell_decides_nothing(int status)
    {
        Google.SetBehaviour("1234567890", CallBehaviour.ServerError(status));

        var check = await VerifyAsync(await AddSiteAsync());

        Assert.That((check.Result, check.Code), Is.EqualTo((AccessResult.Undecided, $"HTTP_{status}")));
    }

    [Test]
    public async Task An_answer_that_is_no_answer_decides_nothing()
    {
        Google.SetBehaviour("1234567890", CallBehaviour.Garbage);

        var check = await VerifyAsync(await AddSiteAsync());

        Assert.That((check.Result, check.Code), Is.EqualTo((AccessResult.Undecided, "INVALID_RESPONSE")));
    }

    [Test]
    public async Task Where_nobody_listens_nothing_is_decided()
    {
        var address = $"http://127.0.0.1:{ClosedPort()}/";
        var site = await AddSiteAsync();

        var check = await VerifyAsync(
            site, ("GoogleAds:BaseAddress", address), ("DataManager:BaseAddress", address));

        Assert.That(
            (check.Result, check.Step, check.Code), Is.EqualTo((AccessResult.Undecided, AccessStep.Call, "CONNECTION")));
    }

    [Test]
    public async Task A_key_that_is_not_given_is_named_by_its_fingerprint()
    {
        var site = await AddSiteAsync();
        await Database.ExecuteAsync("update provider_credentials set key_fingerprint = '0123456789abcdef'");

        var check = await VerifyAsync(site);

        Assert.That(
            (check.Result, check.Step, check.Code),
            Is.EqualTo((AccessResult.Refused, AccessStep.Credentials, "VAULT_KEY_UNKNOWN")));
        Assert.That(check.Message, Does.Contain("0123456789abcdef"));
    }

    [Test]
    public async Task A_site_without_credentials_has_nothing_to_try()
    {
        await using var worker = NewWorker();
        var site = await Database.AddSiteAsync();

        Assert.That(
            await worker.Get<CredentialVerification>().VerifyAsync(site, "google_ads", CancellationToken.None), Is.Null);
    }

    private bool IsDataManager => uploadApi == "data_manager";

    private int Calls() => IsDataManager ? Google.IngestCalls.Count : Google.Calls.Count;

    private bool ValidateOnly() => IsDataManager
        ? Google.IngestCalls.Single().ValidateOnly
        : Google.Calls.Single().Body.Contains("\"validateOnly\":true", StringComparison.Ordinal);

    private async Task<Guid> AddSiteAsync(string refreshToken = "CANARY-refresh")
    {
        var site = await Database.AddSiteAsync();
        await Database.AddCredentialsAsync(Worker.Vault, site, refreshToken: refreshToken, uploadApi: uploadApi);
        return site;
    }

    private async Task<AccessCheck> VerifyAsync(Guid site, params (string Name, string Value)[] settings)
    {
        await using var worker = NewWorker(settings);
        return (await worker.Get<CredentialVerification>().VerifyAsync(site, "google_ads", CancellationToken.None))!.Access;
    }

    private static int ClosedPort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}
