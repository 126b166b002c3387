using OpsMantik.Core.Vault;
using OpsMantik.Functions.Tests.House;

namespace OpsMantik.Functions.Tests.Infra;

/// <summary>The scripts, with an <c>az</c> of our own that writes down what it was told.</summary>
[Platform(Exclude = "Win")]
internal sealed class ScriptTests
{
    private const string Az =
        """
        #!/usr/bin/env bash
        echo "$*" >> "$SAID"
        case "$*" in
            "keyvault secret list"*) [ -z "$CLOSED" ] || exit 1; printf '%b' "$NAMES" ;;
            "keyvault secret set"*) name=$7; while [ "$1" != --file ]; do shift; done; cat "$2" > "$SAID.$name" ;;
            "functionapp show"*) echo /subscriptions/1/app ;;
        esac
        """;

    private string _folder = null!;

    [SetUp]
    public void MakeAz()
    {
        _folder = Directory.CreateTempSubdirectory("opsmantik-scripts-").FullName;
        File.WriteAllText(Path.Combine(_folder, "az"), Az);
        if (!OperatingSystem.IsWindows())
            File.SetUnixFileMode(Path.Combine(_folder, "az"), UnixFileMode.UserRead | UnixFileMode.UserExecute);
    }

    [TearDown]
    public void Drop() => Directory.Delete(_folder, recursive: true);

    [Test]
    public async Task Missing_secrets_are_made_as_the_worker_wants_them_and_never_shown()
    {
        var result = await RunAsync();
        var key = await MadeAsync("OPSMANTIK-VAULT-KEY");
        var secret = await MadeAsync("CRON-SECRET");

        Assert.Multiple(() =>
        {
            Assert.That(result.ExitCode, Is.Zero, result.Error);
            Assert.That(() => VaultKey.Parse(key, "OPSMANTIK_VAULT_KEY"), Throws.Nothing);
            Assert.That(secret, Does.Match("^[0-9a-f]{64}$"));
            Assert.That(result.Output + result.Error + Said(), Does.Not.Contain(key!).And.Not.Contain(secret!));
            Assert.That(Said(), Does.Contain("configreferences/appsettings/refresh"));
        });
    }

    [Test]
    public async Task The_status_pages_own_secret_is_made_where_it_is_wanted()
    {
        await RunAsync();
        Assert.That(await MadeAsync("STATUS-SECRET"), Is.Null);

        var result = await RunAsync(("USE_STATUS_SECRET", "true"));

        Assert.That(result.ExitCode, Is.Zero, result.Error);
        Assert.That(await MadeAsync("STATUS-SECRET"), Does.Match("^[0-9a-f]{64}$").And.Not.EqualTo(await MadeAsync("CRON-SECRET")));
    }

    [Test]
    public async Task A_secret_that_is_there_is_kept()
    {
        var result = await RunAsync(("NAMES", "OPSMANTIK-VAULT-KEY\\nOTHER\\n"));

        Assert.Multiple(async () =>
        {
            Assert.That(result.ExitCode, Is.Zero, result.Error);
            Assert.That(await MadeAsync("OPSMANTIK-VAULT-KEY"), Is.Null);
            Assert.That(await MadeAsync("CRON-SECRET"), Is.Not.Null);
        });
    }

    [Test]
    public async Task A_vault_that_does_not_open_gets_nothing()
    {
        var result = await RunAsync(("CLOSED", "yes"));

        Assert.That(result.ExitCode, Is.EqualTo(1));
        Assert.That(result.Error, Does.Contain("does not let you in"));
        Assert.That(Said(), Does.Not.Contain("secret set"));
    }

    private Task<Shell.Result> RunAsync(params (string Name, string Value)[] environment) => Shell.RunAsync(
        SourceTree.Root, "bash", ["infra/secrets.sh"],
        [
            ("PATH", $"{_folder}:{Environment.GetEnvironmentVariable("PATH")}"), ("SAID", Path.Combine(_folder, "said")),
            ("NAMES", ""), ("CLOSED", ""), ("ATTEMPTS", "2"), ("PAUSE", "0"),
            ("KEY_VAULT_NAME", "kv"), ("AZURE_RESOURCE_GROUP", "rg"), ("FUNCTION_APP_NAME", "func"), .. environment,
        ]);

    private string Said() => File.ReadAllText(Path.Combine(_folder, "said"));

    private async Task<string?> MadeAsync(string name) =>
        Path.Combine(_folder, $"said.{name}") is var file && File.Exists(file) ? await File.ReadAllTextAsync(file) : null;
}
