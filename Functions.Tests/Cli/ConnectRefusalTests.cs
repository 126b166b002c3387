using OpsMantik.Functions.Tests.Scenarios;
using OpsMantik.Functions.Tests.Support;
using OpsMantik.Local.GoogleEmulator;
using OpsMantik.Local.GoogleEmulator.GoogleAds;

namespace OpsMantik.Functions.Tests.Cli;

/// <summary>What keeps a site from being connected: it is told, with its cure, and nothing is stored.</summary>
internal sealed class ConnectRefusalTests : Scenario
{
    private const string Shop = "1234567890";

    private string _folder = null!;
    private ConnectProcess _connect = null!;
    private Guid _site;

    [SetUp]
    public async Task PrepareAsync()
    {
        _connect = new ConnectProcess(Database, Google, _folder = TemporaryFolder.Create());
        _site = await Database.AddSiteAsync();
        Google.SetAccount(Shop, new AdsAccount { Actions = [new AdsAction(456)] });
    }

    [TearDown]
    public void DeleteFolder() => Directory.Delete(_folder, recursive: true);

    [TestCase("declined", "was declined at Google. Run the command again")]
    [TestCase("norefresh", "no refresh token, which it does only where it is asked with prompt=consent and access_type=offline")]
    [TestCase("unticked", "does not cover https://www.googleapis.com/auth/datamanager")]
    public async Task A_consent_that_is_none_is_told_with_its_cure(string client, string said) =>
        await AssertRefusedAsync(await RunAsync(await _connect.WriteClientAsync($"{client}.apps.googleusercontent.com")), said);

    [Test]
    public async Task A_client_with_another_secret_is_told() => await AssertRefusedAsync(
        await RunAsync(await _connect.WriteClientAsync(secret: $"{ConnectProcess.Secret}-wrong")), "download its file anew, and give it as --client-file");

    [TestCase("", Description = "in the browser")]
    [TestCase("--no-browser")]
    public async Task An_answer_of_another_state_is_refused_and_its_code_is_not_exchanged(string more)
    {
        _connect.Come = (_, back) => Task.FromResult(back.AbsoluteUri.Replace("state=", "state=x", StringComparison.Ordinal));

        var run = await RunAsync(await _connect.WriteClientAsync(), more);

        await AssertRefusedAsync(run, "its state is not ours");
        Assert.That(Google.TokenCalls, Is.Empty);
    }

    /// <summary>Whoever slips in a code of their own would have the sales go to their account.</summary>
    [Test]
    public async Task A_code_of_another_consent_fails_by_its_verifier()
    {
        _connect.Come = async (http, back) =>
        {
            var others = $"{Google.AuthorizationUri}?response_type=code&client_id=shop.apps.googleusercontent.com&scope=https://www.googleapis.com/auth/datamanager"
                + $"&redirect_uri={Uri.EscapeDataString(back.GetLeftPart(UriPartial.Path).TrimEnd('/'))}&code_challenge={new string('a', 43)}&code_challenge_method=S256"
                + "&access_type=offline&prompt=consent&state=";
            using var answer = await http.GetAsync(new Uri(others));
            var code = answer.Headers.Location!.Query.Split("code=")[1].Split('&')[0];
            return back.AbsoluteUri.Replace(back.Query.Split("code=")[1].Split('&')[0], code, StringComparison.Ordinal);
        };

        await AssertRefusedAsync(await RunAsync(await _connect.WriteClientAsync()), "Google takes this code no more (invalid_grant)");
    }

    [TestCase("[]", "are not a JSON object")]
    [TestCase("{\"installed\":{\"client_id\":\"a\"}}", "client_secret is missing")]
    [TestCase("{\"type\":\"service_account\"}", "not the file of an OAuth client")]
    public async Task A_broken_client_file_is_told_before_anybody_is_asked(string text, string said)
    {
        var file = Path.Combine(_folder, "client.json");
        await File.WriteAllTextAsync(file, text);

        await AssertRefusedAsync(await RunAsync(file), said);
    }

    [Test]
    public async Task What_would_be_refused_later_is_told_before_anybody_is_asked()
    {
        var nobody = await _connect.RunAsync(Guid.NewGuid());
        var clientless = await _connect.RunAsync(_site);

        await AssertRefusedAsync(nobody, "there is no site with this site_id");
        await AssertRefusedAsync(clientless, "No OAuth client: give --client-file");
    }

    [Test]
    public async Task An_account_that_would_lose_sales_is_stored_only_by_a_yes()
    {
        Google.SetAccount(Shop, new AdsAccount { Actions = [new AdsAction(456)], AutoTagging = false });
        var client = await _connect.WriteClientAsync("testing.apps.googleusercontent.com");

        await AssertRefusedAsync(await RunAsync(client), "fail  auto-tagging   off");
        var (exitCode, text) = await RunAsync(client, "--yes");

        Assert.That(exitCode, Is.EqualTo(1));
        Assert.That(text, Does.Contain("warn  consent        Google ends it in 7 days").And.Contain("Publish app").And.Contain("Stored and active."));
    }

    [Test]
    public async Task Where_google_lists_nothing_the_flags_are_named()
    {
        Google.SetBehaviour(null, CallBehaviour.Forbidden, CallTarget.Search);

        await AssertRefusedAsync(await RunAsync(await _connect.WriteClientAsync()), "USER_PERMISSION_DENIED", "Give --customer-id");
    }

    [Test]
    public async Task A_consent_of_somebody_else_moves_no_site_to_another_account()
    {
        Google.SetAccount(Shop, new AdsAccount { Actions = [new AdsAction(456)] });
        var site = await AddSiteAsync(1);

        var (exitCode, text) = await _connect.RunAsync(site, "--requeue");

        Assert.That(exitCode, Is.EqualTo(2), text);
        Assert.That(text, Does.Contain("The stored account 0000000001 is none of those that this consent opens.").And.Contain($"--customer-id {Shop}"));
    }

    private Task<(int ExitCode, string Text)> RunAsync(string client, string? more = null) =>
        _connect.RunAsync(_site, ["--client-file", client, .. string.IsNullOrEmpty(more) ? (string[])[] : [more]]);

    private async Task AssertRefusedAsync((int ExitCode, string Text) run, params string[] said)
    {
        Assert.That(run.ExitCode, Is.EqualTo(2), run.Text);
        foreach (var each in said)
            Assert.That(run.Text, Does.Contain(each));
        Assert.That(await Database.ScalarAsync<long>("select count(*) from provider_credentials"), Is.Zero);
    }
}
