using Microsoft.Extensions.Configuration;
using OpsMantik.Cli.Serve;
using OpsMantik.Functions.Tests.Hosts;

namespace OpsMantik.Functions.Tests.Web.Startup;

/// <summary>Secrets that somebody could guess, and such as nobody can.</summary>
internal sealed class WeakSecretTests
{
    private const string Good = "CANARY-0f3b9d1c77e24a58b6e0d2f49a8c5713";

    private static readonly string[] Settings = ["CRON_SECRET", "STATUS_SECRET"];

    // Those of the documents, the samples and the tests, those that people write, and all of them made longer.
    private static readonly string[] Weak =
    [
        HostedWorker.Secret, "secret", "changeme", "your-cron-secret", "CANARY-0f3b9d1c77e24a58b6e0d2f4",
        "CANARY-cron-secret-CANARY-cron-secret", "changeme-changeme-changeme-changeme", "your-cron-secret-your-cron-secret-here",
        "Replace-This-With-A-Long-Random-Secret-String", "0123456789abcdef0123456789abcdef", "openssl rand -hex 32 openssl rand -hex 32",
        "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa", "00000000000000000000000000000000", "abcabcabcabcabcabcabcabcabcabcabcabc",
        Good + ",short", "short, " + Good,
    ];

    [Test]
    public void It_is_refused_with_the_command_that_makes_a_good_one_and_not_shown(
        [ValueSource(nameof(Settings))] string setting, [ValueSource(nameof(Weak))] string secret)
    {
        var faults = FaultsOf(("AZURE_FUNCTIONS_ENVIRONMENT", "Production"), ("CRON_SECRET", HostedWorker.StrongSecret), (setting, secret));

        Assert.That(faults, Has.Count.EqualTo(1).And.All.StartsWith($"{setting} ").And.All.Contains("openssl rand -hex 32"));
        Assert.That(faults[0], Does.Not.Contain("CANARY").And.Not.Contain(secret));
    }

    [TestCase(null)]
    [TestCase("Staging")]
    [TestCase("Dev")]
    [TestCase("Development ")]
    public void It_is_refused_wherever_development_is_not_written_out(string? environment) =>
        Assert.That(FaultsOf(("AZURE_FUNCTIONS_ENVIRONMENT", environment)), Has.Count.EqualTo(1).And.All.StartsWith("CRON_SECRET "));

    [TestCase("Development")]
    [TestCase("development")]
    public void In_development_it_is_taken(string environment) =>
        Assert.That(FaultsOf(("AZURE_FUNCTIONS_ENVIRONMENT", environment), ("STATUS_SECRET", "secret")), Is.Empty);

    [TestCase(Good)]
    [TestCase(Good + "," + "CANARY-5e8d01b7fa3c4296a1d7e3054c9bf862")]
    [TestCase("CANARY 9mKq2vXw7RtLp4ZsBn8Y correct horse battery staple")]
    [TestCase("")]
    public void What_nobody_can_guess_is_taken_in_production_and_so_is_none(string secret)
    {
        foreach (var setting in Settings)
            Assert.That(
                FaultsOf(("AZURE_FUNCTIONS_ENVIRONMENT", null), ("CRON_SECRET", HostedWorker.StrongSecret), (setting, secret)), Is.Empty, setting);
    }

    [Test]
    public void The_status_secret_must_not_be_the_cron_secret() => Assert.That(
        FaultsOf(("AZURE_FUNCTIONS_ENVIRONMENT", null), ("CRON_SECRET", Good), ("STATUS_SECRET", Good)),
        Has.Count.EqualTo(1).And.All.StartsWith("STATUS_SECRET is a cron secret too"));

    private static IReadOnlyList<string> FaultsOf(params (string Name, string? Value)[] settings)
    {
        try
        {
            using var app = (IDisposable)WorkerServer.Create(
                configuration => configuration.AddInMemoryCollection(HostedWorker.Settings([("urls", "http://127.0.0.1:0"), .. settings])));
            return [];
        }
        catch (SettingsException exception)
        {
            return exception.Faults;
        }
    }
}
