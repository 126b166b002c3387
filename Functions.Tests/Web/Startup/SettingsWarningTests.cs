using System.Net.Http.Headers;
using System.Text.Json;
using OpsMantik.Functions.Tests.Hosts;
using OpsMantik.Functions.Tests.Support;

namespace OpsMantik.Functions.Tests.Web.Startup;

/// <summary>Settings that work and are less safe than they could be are told, by the log and by the page.</summary>
internal sealed class SettingsWarningTests
{
    private const string Weak = "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=";

    [TestCase("ConnectionStrings:OpsMantik", "Host=nowhere.invalid;Port=1;Username=w;Password=CANARY;SSL Mode=Require", "says SSL Mode=Require: the database need not prove its name")]
    [TestCase("ConnectionStrings:OpsMantik", "Host=nowhere.invalid;Port=1;Username=w;Password=CANARY;SSL Mode=VerifyCA", "says SSL Mode=VerifyCA: ")]
    [TestCase("Google:AllowOtherHosts", "true", "Google__AllowOtherHosts is true: tokens and sales go to whatever hosts")]
    [TestCase("https_proxy", "http://CANARY@proxy.example:3128", "HTTPS_PROXY is set and not used")]
    [TestCase("Alerts:WebhookUrl", "@Microsoft.KeyVault(SecretUri=https://CANARY.vault.azure.net/secrets/url)", "nobody is told by webhook: Alerts__WebhookUrl is an unresolved")]
    [TestCase("Alerts:WebhookSecret", "@Microsoft.KeyVault(SecretUri=https://CANARY.vault.azure.net/secrets/key)", "nobody is told by webhook: Alerts__WebhookSecret is an unresolved")]
    [TestCase("OPSMANTIK_VAULT_KEY", Weak, "OPSMANTIK_VAULT_KEY is a key that everybody knows")]
    [TestCase("OPSMANTIK_VAULT_PREVIOUS_KEYS", Weak, "OPSMANTIK_VAULT_PREVIOUS_KEYS holds a key that everybody knows")]
    public async Task Each_is_one_line_of_the_log_at_start(string setting, string value, string said)
    {
        await using var app = await RunningApp.StartAsync(null, (setting, value));

        await Eventually.TrueAsync(() => Warnings(app).Any(), said);
        Assert.That(Warnings(app), Has.Exactly(1).Items.And.All.Contain(said));
    }

    [TestCase("ConnectionStrings:OpsMantik", "Host=nowhere.invalid;Port=1;Username=w;Password=CANARY")]
    [TestCase("ConnectionStrings:OpsMantik", "Host=localhost;Port=1;Username=w;Password=CANARY;SSL Mode=Disable")]
    [TestCase("Google:AllowOtherHosts", "false")]
    [TestCase("https_proxy", "")]
    public async Task What_is_safe_is_not_mentioned(string setting, string value)
    {
        await using var app = await RunningApp.StartAsync(null, (setting, value));

        // It is looked for after them.
        await Eventually.TrueAsync(() => app.Logs.Any(line => line.Contains("The database cannot be reached", StringComparison.Ordinal)), "the look");
        Assert.That(Warnings(app), Is.Empty);
    }

    [TestCase("true", 1)]
    [TestCase("false", 0)]
    public async Task The_page_and_its_json_show_them(string allowed, int warnings)
    {
        await using var database = await TestDatabase.CreateAsync();
        await using var app = await RunningApp.StartAsync(
            null, ("ConnectionStrings:OpsMantik", database.WorkerConnectionString), ("Google:AllowOtherHosts", allowed));

        var page = await StatusAsync(app, "text/html");
        using var json = JsonDocument.Parse(await StatusAsync(app, "application/json"));

        Assert.That(page.Contains("Google__AllowOtherHosts is true", StringComparison.Ordinal), Is.EqualTo(warnings == 1));
        Assert.That(json.RootElement.GetProperty("settings_warnings").GetArrayLength(), Is.EqualTo(warnings));
    }

    private static IEnumerable<string> Warnings(HostedWorker app) =>
        app.Logs.Where(line => line.StartsWith("Warning Less safe than it could be", StringComparison.Ordinal));

    private static async Task<string> StatusAsync(HostedWorker app, string accept)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, Paths.Status);
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", HostedWorker.Secret);
        request.Headers.Accept.ParseAdd(accept);
        using var response = await app.Http.SendAsync(request);
        return await response.Content.ReadAsStringAsync();
    }
}
