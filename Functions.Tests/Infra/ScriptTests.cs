using OpsMantik.Core.Vault;

namespace OpsMantik.Functions.Tests.Infra;

/// <summary>What secrets.sh makes, and never shows.</summary>
[Platform(Exclude = "Win")]
internal sealed class ScriptTests
{
    private Stubs _stubs = null!;

    [SetUp]
    public void MakeStubs() => _stubs = new Stubs();

    [TearDown]
    public void Drop() => _stubs.Dispose();

    [Test]
    public async Task Missing_secrets_are_made_as_the_worker_wants_them_and_never_shown()
    {
        var result = await RunAsync();
        var key = Made("OPSMANTIK-VAULT-KEY");
        var secret = Made("CRON-SECRET");

        Assert.Multiple(() =>
        {
            Assert.That(result.ExitCode, Is.Zero, result.Error);
            Assert.That(() => VaultKey.Parse(key, "OPSMANTIK_VAULT_KEY"), Throws.Nothing);
            Assert.That(secret, Does.Match("^[0-9a-f]{64}$"));
            Assert.That(result.Output + result.Error + _stubs.Said, Does.Not.Contain(key!).And.Not.Contain(secret!));
            Assert.That(_stubs.Said, Does.Contain("configreferences/appsettings/refresh"));
            Assert.That(_stubs.Said, Does.Contain("--scope /kv/secrets/CRON-SECRET --role 4633458b-17de-408a-b874-0445c86b69e6"));
            Assert.That(_stubs.Said, Does.Not.Contain("--scope /kv "), "at each secret, never at the vault");
        });
    }

    [Test]
    public async Task The_status_pages_own_secret_is_made_where_it_is_wanted()
    {
        await RunAsync();
        Assert.That(Made("STATUS-SECRET"), Is.Null);

        var result = await RunAsync(("USE_STATUS_SECRET", "true"));

        Assert.That(result.ExitCode, Is.Zero, result.Error);
        Assert.That(Made("STATUS-SECRET"), Does.Match("^[0-9a-f]{64}$").And.Not.EqualTo(Made("CRON-SECRET")));
    }

    [Test]
    public async Task A_secret_that_is_there_is_kept_and_so_is_its_right()
    {
        await RunAsync();
        var key = Made("OPSMANTIK-VAULT-KEY");

        var result = await RunAsync();

        Assert.That(result.ExitCode, Is.Zero, result.Error);
        Assert.That(Made("OPSMANTIK-VAULT-KEY"), Is.EqualTo(key));
        Assert.That(_stubs.Said, Does.Not.Contain("secret set").And.Not.Contain("assignment create"));
    }

    [TestCase("false", false)]
    [TestCase("true", true)]
    public async Task A_vault_that_does_not_open_gets_nothing(string network, bool told)
    {
        var result = await RunAsync(("CLOSED", "yes"), ("USE_VNET", network));

        Assert.That(result.ExitCode, Is.EqualTo(1));
        Assert.That(result.Error, Does.Contain("does not let you in"));
        Assert.That(result.Error.Contains("run azd up on a machine there", StringComparison.Ordinal), Is.EqualTo(told));
        Assert.That(_stubs.Said, Does.Not.Contain("secret set"));
    }

    private Task<Shell.Result> RunAsync(params (string Name, string Value)[] environment) => _stubs.RunAsync("secrets.sh", environment);

    private string? Made(string name) => _stubs.Read($"secrets/{name}");
}
