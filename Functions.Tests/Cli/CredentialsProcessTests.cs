using System.Text.Json;
using OpsMantik.Core.Vault;
using OpsMantik.Functions.Tests.Scenarios;
using OpsMantik.Functions.Tests.Support;

namespace OpsMantik.Functions.Tests.Cli;

internal sealed class CredentialsProcessTests : Scenario
{
    private string _file = null!;

    [SetUp]
    public void NameFile() => _file = Path.Combine(Path.GetTempPath(), $"credentials-{Guid.NewGuid():N}.json");

    [TearDown]
    public void DeleteFile() => File.Delete(_file);

    [Test]
    public async Task Credentials_are_set_from_a_file_and_shown_without_their_secrets()
    {
        var site = await Database.AddSiteAsync();
        await File.WriteAllTextAsync(_file, JsonSerializer.Serialize(QueueSeed.Credentials("7777777777")));
        await Database.EnqueueAsync(site, 2);

        var set = await RunAsync("credentials", "set", "--site", $"{site}", "--file", _file, "--as", "ops@example");
        var show = await RunAsync("credentials", "show", "--site", $"{site}");
        var list = await RunAsync("credentials", "list", "--json");
        var upload = await RunAsync("upload", "run");

        Assert.That(set.ExitCode, Is.Zero, set.Error);
        Assert.That(show.Output, Does.Contain("7777777777").And.Contain("customers/7777777777/conversionActions/456"));
        using var listed = JsonDocument.Parse(list.Output);
        Assert.That(listed.RootElement.EnumerateArray().Select(each => (each.GetProperty("site_id").GetGuid(), each.GetProperty("binding").GetString())),
            Is.EqualTo(new[] { (site, "bound") }));
        Assert.That(upload.Output, Does.Contain("completed=2"), upload.Error);
        Assert.That(
            await Database.ScalarAsync<string>("select actor || '|' || action from operator_audit"),
            Is.EqualTo("ops@example|credentials set"));
        Canary.AssertAbsent(
            "what the commands print", [set.Output, set.Error, show.Output, show.Error, list.Output, upload.Error]);
    }

    [Test]
    public async Task The_list_marks_what_says_nothing_of_its_site_until_it_is_sealed_again()
    {
        var (bound, unbound, copied) = (await AddSiteAsync(1), await AddSiteAsync(2), await AddSiteAsync(3));
        var sealedByDashboard = Worker.Vault.Seal(JsonSerializer.SerializeToUtf8Bytes(QueueSeed.Credentials(CustomerId(2))));
        await Database.ExecuteAsync(
            "update provider_credentials set encrypted_payload = $2 where site_id = $1", unbound, sealedByDashboard.Payload);
        await Database.ExecuteAsync(
            "update provider_credentials c set encrypted_payload = o.encrypted_payload from provider_credentials o "
            + "where c.site_id = $1 and o.site_id = $2", copied, bound);

        var table = await RunAsync("credentials", "list");
        var before = await BindingsAsync(Worker.Settings(Google));
        var show = await RunAsync("credentials", "show", "--site", $"{unbound}");
        var shown = await RunAsync("credentials", "show", "--site", $"{copied}");
        var keyless = await BindingsAsync(new Dictionary<string, string?>());
        var rotate = await RunAsync("credentials", "rotate-key");
        var after = await BindingsAsync(Worker.Settings(Google));

        Assert.That(
            (before[bound], before[unbound], before[copied]), Is.EqualTo(("bound", "unbound", "of another site")));
        Assert.That(table.Output, Does.Contain("unbound").And.Contain("of another site"));
        Assert.That(show.Output, Does.Contain("yes; unbound"));
        Assert.That((shown.ExitCode, shown.Output.Contains("customer_id", StringComparison.Ordinal)), Is.EqualTo((1, false)));
        Assert.That(keyless.Values, Is.All.EqualTo("unknown"), "without the key nothing can be opened");
        Assert.That(rotate.ExitCode, Is.EqualTo(1));
        Assert.That(rotate.Output, Does.Contain("re-sealed=1 newly bound=1 already current=1").And.Contain($"site {copied}: sealed for another site"));
        Assert.That((after[unbound], after[copied]), Is.EqualTo(("bound", "of another site")));
    }

    [TestCase("{\"customer_id\":\"CANARY\"}", "customer_id must be 10 digits")]
    [TestCase("{\"opsmantik_site_id\":\"CANARY\"}", "opsmantik_site_id is written by the vault")]
    [TestCase("[1]", "not a JSON object")]
    [TestCase("{\"customer_id\":\"CANARY", "not a JSON object")]
    [TestCase("", "not a JSON object")]
    public async Task Faulty_credentials_are_refused_without_being_quoted(string text, string said)
    {
        var site = await Database.AddSiteAsync();
        await File.WriteAllTextAsync(_file, text);

        var (exitCode, output, error) = await RunAsync("credentials", "set", "--site", $"{site}", "--file", _file);

        Assert.That(exitCode, Is.EqualTo(2), output);
        Assert.That(error, Does.Contain("Nothing was stored").And.Contain(said).And.Not.Contain("CANARY"));
        Assert.That(await Database.ScalarAsync<long>("select count(*) from provider_credentials"), Is.Zero);
    }

    [Test]
    public async Task Rotating_says_what_it_did_and_names_what_it_could_not_open()
    {
        var (site, lost) = (await AddSiteAsync(1), await AddSiteAsync(2));
        await Database.ExecuteAsync(
            "update provider_credentials set key_fingerprint = '0000000000000000' where site_id = $1", lost);
        var settings = Worker.Settings(Google);
        (settings["OPSMANTIK_VAULT_PREVIOUS_KEYS"], settings["OPSMANTIK_VAULT_KEY"]) =
            (Worker.VaultKey, Convert.ToBase64String("CANARY-another-key-of-32-bytes-1"u8));

        var (exitCode, output, error) = await CliProcess.RunAsync(
            Database.OperatorConnectionString, ["credentials", "rotate-key"], settings);

        Assert.That(exitCode, Is.EqualTo(1), error);
        Assert.That(output, Does.Contain("re-sealed=1").And.Contain($"site {lost}: sealed by a key that is not given"));
        Assert.That(
            await Database.ScalarAsync<bool>(
                "select key_fingerprint <> $2 from provider_credentials where site_id = $1",
                site, VaultKeyRing.Parse(Worker.VaultKey, null).Current.Fingerprint),
            Is.True);
    }

    [Test]
    public async Task Verifying_says_whether_google_would_take_an_upload()
    {
        var (well, revoked) = (await AddSiteAsync(1), await AddSiteAsync(2, "CANARY-revoked"));

        var works = await VerifyAsync(well);
        var refused = await VerifyAsync(revoked);
        var json = await VerifyAsync(revoked, "--json");
        var none = await VerifyAsync(await Database.AddSiteAsync());

        Assert.That((works.ExitCode, refused.ExitCode, json.ExitCode, none.ExitCode), Is.EqualTo((0, 1, 1, 2)));
        Assert.That(works.Output, Does.StartWith("credentials  ok\ntoken        ok\ncall         ok\n"));
        Assert.That(
            refused.Output,
            Does.StartWith("credentials  ok\ntoken        refused\nINVALID_GRANT: Google refuses the site's credentials (invalid_grant)")
                .And.Contain("(site owner)"));
        using var document = JsonDocument.Parse(json.Output);
        Assert.That(document.RootElement.GetProperty("category").GetString(), Is.EqualTo("AUTH"));
        Assert.That(none.Error, Does.Contain("opsmantik credentials set"));
        Canary.AssertAbsent("what verify prints", [works.Output, works.Error, refused.Output, refused.Error, json.Output]);
    }

    private Task<(int ExitCode, string Output, string Error)> RunAsync(params string[] arguments) =>
        CliProcess.RunAsync(Database.OperatorConnectionString, arguments, Worker.Settings(Google));

    private async Task<Dictionary<Guid, string>> BindingsAsync(Dictionary<string, string?> settings)
    {
        var (_, output, _) = await CliProcess.RunAsync(Database.WorkerConnectionString, ["credentials", "list", "--json"], settings);
        using var json = JsonDocument.Parse(output);
        return json.RootElement.EnumerateArray().ToDictionary(
            each => each.GetProperty("site_id").GetGuid(), each => each.GetProperty("binding").GetString()!);
    }

    private Task<(int ExitCode, string Output, string Error)> VerifyAsync(Guid site, params string[] more) =>
        RunAsync(["credentials", "verify", "--site", $"{site}", .. more]);
}
