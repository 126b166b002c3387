using System.Text.RegularExpressions;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using OpsMantik.Cli.Serve;
using OpsMantik.Functions.Tests.Hosts;
using OpsMantik.Functions.Tests.House;
using OpsMantik.Web.Endpoints;

namespace OpsMantik.Functions.Tests.Infra;

/// <summary>Every setting that the code asks for is set in Azure, and every one that is set there is read.</summary>
internal sealed partial class AppSettingsTests
{
    /// <summary>Asked for, and not for Azure.</summary>
    private static readonly Dictionary<string, string> NotInAzure = new()
    {
        ["ASPNETCORE_URLS"] = "where opsmantik serve listens; the Functions host finds the app by itself",
        ["urls"] = "the same, as an argument",
        ["HTTPS_PROXY"] = "asked for only to say that it is not used",
        ["HTTP_PROXY"] = "the same",
        ["ALL_PROXY"] = "the same",
        ["Google__ClientId"] = "of the command line alone",
        ["Google__ClientSecret"] = "the same",
        ["Google__AuthorizationUri"] = "the same",
    };

    /// <summary>Set for others: the Functions host, Azure's libraries.</summary>
    private static readonly Dictionary<string, string> OfTheHost = new()
    {
        ["AzureWebJobsStorage__accountName"] = "the host's own storage",
        ["AzureWebJobsStorage__credential"] = "by identity, not by key",
        ["AzureWebJobsStorage__clientId"] = "by which identity",
        ["APPLICATIONINSIGHTS_CONNECTION_STRING"] = "where the host sends its telemetry",
        ["APPLICATIONINSIGHTS_AUTHENTICATION_STRING"] = "and by which identity",
        ["FUNCTIONS_ENABLE_DRAIN_ON_APP_STOPPING"] = "that its end is a run's end",
        ["AZURE_CLIENT_ID"] = "which identity Azure.Identity asks for a token",
        ["OTEL_EXPORTER_OTLP_ENDPOINT"] = "where the host sends telemetry by OTLP",
    };

    private Deployment _deployment = null!;

    [OneTimeSetUp]
    public async Task PredictAsync() => _deployment = await Deployment.PredictAsync(
        ("VAULT_KEY_ROTATION", "true"), ("USE_STATUS_SECRET", "true"), ("USE_ALERT_WEBHOOK", "true"), ("OTLP_ENDPOINT", "http://collector:4318"));

    [Test]
    public async Task Every_setting_that_the_code_asks_for_is_set()
    {
        var asked = await AskedAsync();

        Assert.That(asked, Has.Count.GreaterThan(20));
        Assert.That(asked.Except(_deployment.AppSettings.Keys).Except(NotInAzure.Keys), Is.Empty);
    }

    [Test]
    public async Task Every_setting_that_is_set_is_read()
    {
        var asked = await AskedAsync();

        Assert.That(_deployment.AppSettings.Keys.Except(asked).Except(OfTheHost.Keys), Is.Empty);
    }

    [Test]
    public void What_the_settings_file_says_is_what_the_sample_says()
    {
        var sample = Read("local.settings.sample.json").GetSection("Values");
        var deployed = Read("infra/settings.json").AsEnumerable()
            .Where(setting => setting.Key != "AZURE_FUNCTIONS_ENVIRONMENT");

        Assert.Multiple(() =>
        {
            foreach (var (name, value) in deployed)
                Assert.That(value, Is.EqualTo(sample[name]), name);
        });
    }

    [Test]
    public async Task The_secrets_are_references_into_the_vault_and_an_older_key_only_while_it_is_replaced()
    {
        var ordinary = await Deployment.DefaultAsync();

        Assert.Multiple(() =>
        {
            foreach (var name in new[] { "OPSMANTIK_VAULT_KEY", "CRON_SECRET", "STATUS_SECRET", "OPSMANTIK_VAULT_PREVIOUS_KEYS" })
            {
                Assert.That(
                    _deployment.AppSettings[name],
                    Does.Contain("@Microsoft.KeyVault(SecretUri=").And.Contain($"{name.Replace('_', '-')})"));
            }

            Assert.That(_deployment.AppSettings["Alerts__WebhookUrl"], Does.Contain("@Microsoft.KeyVault(SecretUri=").And.Contain("ALERT-WEBHOOK-URL)"));
            Assert.That(_deployment.AppSettings["Alerts__WebhookSecret"], Does.Contain("@Microsoft.KeyVault(SecretUri=").And.Contain("ALERT-WEBHOOK-SECRET)"));
            Assert.That((ordinary.AppSettings["Alerts__WebhookUrl"], ordinary.AppSettings["Alerts__WebhookSecret"]), Is.EqualTo(("", "")), "nobody is told");
            Assert.That(ordinary.AppSettings, Does.Not.ContainKey("OPSMANTIK_VAULT_PREVIOUS_KEYS").And.Not.ContainKey("STATUS_SECRET"));
            Assert.That(ordinary.AppSettings, Does.Not.ContainKey("OTEL_EXPORTER_OTLP_ENDPOINT"));
        });
    }

    [Test]
    public void What_flex_consumption_refuses_is_not_set() => Assert.That(
        _deployment.AppSettings.Keys,
        Has.None.StartsWith("WEBSITE_").And.None.StartsWith("FUNCTIONS_WORKER").And.None.StartsWith("FUNCTIONS_EXTENSION"));

    [Test]
    public void A_host_that_stops_tells_the_runs() =>
        Assert.That(_deployment.AppSettings["FUNCTIONS_ENABLE_DRAIN_ON_APP_STOPPING"], Is.EqualTo("true"));

    [Test]
    public async Task A_setting_can_be_changed_but_not_the_references()
    {
        var changed = await Deployment.PredictAsync(
            ("WORKER_SETTINGS", """{"Upload__MaxParallelGroups":"16","CRON_SECRET":"CANARY-in-the-open"}"""));

        Assert.That(changed.AppSettings["Upload__MaxParallelGroups"], Is.EqualTo("16"));
        Assert.That(changed.AppSettings["CRON_SECRET"], Does.Contain("@Microsoft.KeyVault("));
    }

    /// <summary>What the app asks for at its start and in a request, less what is the framework's.</summary>
    private static async Task<IReadOnlyCollection<string>> AskedAsync()
    {
        var asked = new RecordingConfiguration();
        // An option is only asked for where its section has anything.
        var settings = Read("local.settings.sample.json").GetSection("Values").AsEnumerable(makePathsRelative: true)
            .ToDictionary(setting => setting.Key.Replace("__", ":", StringComparison.Ordinal), setting => setting.Value);
        foreach (var (name, value) in HostedWorker.Settings(("urls", "http://127.0.0.1:0")))
            settings[name] = value;
        await using var app = WorkerServer.Create(
            configuration => configuration.AddInMemoryCollection(settings).Add(asked));
        await app.StartAsync();
        await app.Services.GetRequiredService<EndpointPipeline>()
            .HandleAsync(FunctionNames.SeedCredentials, new DefaultHttpContext());
        var switches = app.Services.GetRequiredService<FunctionSwitches>();
        foreach (var function in FunctionNames.All)
            switches.IsOff(function);
        await app.StopAsync();

        return [.. asked.Names.Where(IsOurs).Distinct(StringComparer.Ordinal)];
    }

    // The framework's own names begin with a small letter, but for these two sections. Of the switches those of the timers
    // are set, in the spelling of app settings.
    private static bool IsOurs(string name) =>
        name.StartsWith("AzureWebJobs.", StringComparison.Ordinal)
            ? name.EndsWith("Timer.Disabled", StringComparison.Ordinal)
            : Ours().IsMatch(name);

    private static IConfigurationRoot Read(string path) =>
        new ConfigurationBuilder().AddJsonFile(Path.Combine(SourceTree.Root, path)).Build();

    [GeneratedRegex("^[A-Z_]+$|^(?!Logging__|Kestrel__|AzureWebJobs__)[A-Z][A-Za-z]+__")]
    private static partial Regex Ours();
}
