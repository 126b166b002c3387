using System.Text.Json;
using OpsMantik.Functions.Tests.Scenarios;
using OpsMantik.Functions.Tests.Support;
using OpsMantik.Local.GoogleEmulator.GoogleAds;

namespace OpsMantik.Functions.Tests.Cli;

/// <summary>From a person's consent to a site whose sales go out, over real HTTP.</summary>
internal sealed class ConnectProcessTests : Scenario
{
    private const string Shop = "1234567890";
    private const string Manager = "9876543210";
    private static readonly AdsAccount WithAction = new() { Actions = [new AdsAction(456)] };

    private string _folder = null!;
    private ConnectProcess _connect = null!;

    [SetUp]
    public void Prepare() => _connect = new ConnectProcess(Database, Google, _folder = TemporaryFolder.Create());

    [TearDown]
    public void DeleteFolder() => Directory.Delete(_folder, recursive: true);

    [TestCase("google_ads", "https://www.googleapis.com/auth/adwords")]
    [TestCase("data_manager", "https://www.googleapis.com/auth/datamanager https://www.googleapis.com/auth/adwords")]
    public async Task A_new_site_is_connected_by_flags_and_its_sales_go_out(string uploadApi, string scope)
    {
        var site = await Database.AddSiteAsync();
        await Database.EnqueueAsync(site, 2);
        Google.SetAccount(Shop, WithAction);
        var asked = "";
        _connect.Come = (_, back) => Task.FromResult($"{asked = back.AbsoluteUri}");

        var (exitCode, text) = await _connect.RunAsync(
            site, "--client-file", await _connect.WriteClientAsync(), "--upload-api", uploadApi,
            "--customer-id", "123-456-7890", "--conversion-action", "456", "--as", "ops@example");
        await using var worker = NewWorker();
        var upload = await worker.UploadAsync();

        Assert.That(exitCode, Is.Zero, text);
        Assert.That(text, Does.Contain("call         ok").And.Contain("ok    account        123-456-7890, TRY").And.Contain("Stored and active.")
            .And.Contain("Close this page and go on in the terminal."));
        Assert.That(asked, Does.Match("^http://127.0.0.1:[0-9]+/").And.Contain($"scope={Uri.EscapeDataString(scope)}"));
        Assert.That(upload.Completed + upload.Submitted, Is.EqualTo(2));
        Assert.That(
            await Database.ScalarAsync<string>("select actor || '|' || action || '|' || site_id from operator_audit"),
            Is.EqualTo($"ops@example|credentials set|{site}"));
    }

    [Test]
    public async Task A_revoked_consent_is_renewed_by_one_command_and_a_pasted_address()
    {
        Google.SetAccount("0000000001", WithAction);
        var site = await AddSiteAsync(1, "CANARY-revoked");
        await Database.EnqueueAsync(site, 3);
        await using var worker = NewWorker();
        await worker.UploadAsync();

        var (exitCode, text) = await _connect.RunAsync(site, "--no-browser", "--requeue");
        var upload = await worker.UploadAsync();

        Assert.That(exitCode, Is.Zero, text);
        Assert.That(text, Does.Contain("3  FAILED  AUTH  INVALID_GRANT").And.Contain("3 rows are QUEUED"));
        Assert.That(upload.Completed, Is.EqualTo(3), "client, account and action are those that were stored");
    }

    [Test]
    public async Task Under_a_manager_the_accounts_are_listed_with_the_flag_to_type_and_the_way_is_found()
    {
        Google.SetAccount(Manager, new AdsAccount { Name = "Agency", IsManager = true });
        Google.SetAccount(Shop, WithAction with { Name = "A\u202e shop", Manager = Manager });
        Google.SetAccount("1111111111", new AdsAccount { Name = "Shop two", Manager = Manager, Actions = [] });
        Google.SetAccount("2222222222", new AdsAccount { IsClosed = true });
        var site = await Database.AddSiteAsync();
        string[] client = ["--client-file", await _connect.WriteClientAsync()];

        var listed = await _connect.RunAsync(site, client);
        var foreign = await _connect.RunAsync(site, [.. client, "--customer-id", "3333333333"]);
        var without = await _connect.RunAsync(site, [.. client, "--customer-id", "1111111111"]);
        var connected = await _connect.RunAsync(site, [.. client, "--customer-id", Shop, "--json"]);

        Assert.That((listed.ExitCode, foreign.ExitCode, without.ExitCode, connected.ExitCode), Is.EqualTo((2, 2, 2, 0)), connected.Text);
        Assert.That(listed.Text, Does.Contain("more than one account").And.Contain(
            "  --customer-id 1234567890   123-456-7890 \"A\\u202E shop\", through 987-654-3210\n  --customer-id 1111111111"));
        Assert.That(listed.Text, Does.Contain("\"Agency\", a manager").And.Not.Contain("2222222222"));
        Assert.That(foreign.Text, Does.Contain("may not use 3333333333").And.Contain("--customer-id 1234567890"));
        Assert.That(without.Text, Does.Contain("no enabled conversion action of type UPLOAD_CLICKS").And.Contain("New conversion action"));
        using var json = JsonDocument.Parse(connected.Text.Split('\n').Single(line => line.StartsWith("{\"", StringComparison.Ordinal)));
        Assert.That(json.RootElement.GetProperty("login_customer_id").GetString(), Is.EqualTo(Manager));
        Assert.That(json.RootElement.GetProperty("stored").GetBoolean(), Is.True);
    }
}
