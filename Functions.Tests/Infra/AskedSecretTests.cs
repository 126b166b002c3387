using Microsoft.Extensions.Configuration;
using OpsMantik.Core.Alerts;

namespace OpsMantik.Functions.Tests.Infra;

/// <summary>Secrets that secrets.sh cannot make: it takes them from the shell, says when they are not there, and shows none.</summary>
[Platform(Exclude = "Win")]
internal sealed class AskedSecretTests
{
    private Stubs _stubs = null!;

    [SetUp]
    public void MakeStubs() => _stubs = new Stubs();

    [TearDown]
    public void Drop() => _stubs.Dispose();

    [Test]
    public async Task The_connection_string_of_a_database_with_passwords_comes_from_the_shell_and_its_lack_is_said()
    {
        const string login = "Host=db;Username=worker;Password=CANARY-password";
        var without = await RunAsync(("DATABASE_KIND", "password"));
        Assert.That(without.ExitCode, Is.EqualTo(1));
        Assert.That(without.Error, Does.Contain("read -rs WORKER_DATABASE"));

        var with = await RunAsync(("DATABASE_KIND", "password"), ("WORKER_DATABASE", login));

        Assert.That(with.ExitCode, Is.Zero, with.Error);
        Assert.That(Made("OPSMANTIK-DATABASE"), Is.EqualTo(login));
        Assert.That(_stubs.State, Does.Contain("readable/OPSMANTIK-DATABASE"));
    }

    [Test]
    public async Task The_webhooks_address_comes_from_the_shell_and_what_signs_its_messages_is_made()
    {
        const string address = "https://hooks.example/CANARY-token";
        var without = await RunAsync(("USE_ALERT_WEBHOOK", "true"));
        Assert.That((without.ExitCode, Made("ALERT-WEBHOOK-URL")), Is.EqualTo((1, default(string))));
        Assert.That(without.Error, Does.Contain("read -rs ALERT_WEBHOOK_URL"));

        var with = await RunAsync(("USE_ALERT_WEBHOOK", "true"), ("ALERT_WEBHOOK_URL", address));

        Assert.That(with.ExitCode, Is.Zero, with.Error);
        Assert.That(Made("ALERT-WEBHOOK-URL"), Is.EqualTo(address));
        Assert.That(new AlertOptions { WebhookUrl = address, WebhookSecret = Made("ALERT-WEBHOOK-SECRET") }.FindFault(new ConfigurationBuilder().Build()), Is.Null);
        Assert.That(_stubs.State, Does.Contain("readable/ALERT-WEBHOOK-URL").And.Contain("readable/ALERT-WEBHOOK-SECRET"));
        Assert.That(without.Output + with.Output + with.Error + _stubs.Said, Does.Not.Contain("CANARY").And.Not.Contain(Made("ALERT-WEBHOOK-SECRET")!));
    }

    private Task<Shell.Result> RunAsync(params (string Name, string Value)[] environment) => _stubs.RunAsync("secrets.sh", environment);

    private string? Made(string name) => _stubs.Read($"secrets/{name}");
}
