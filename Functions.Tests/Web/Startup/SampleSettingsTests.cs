using Microsoft.Extensions.Configuration;
using OpsMantik.Cli.Serve;

namespace OpsMantik.Functions.Tests.Web.Startup;

public class SampleSettingsTests
{
    private static readonly string[] Names =
    [
        "ConnectionStrings__OpsMantik", "OPSMANTIK_VAULT_KEY", "OPSMANTIK_VAULT_PREVIOUS_KEYS", "CRON_SECRET", "STATUS_SECRET",
        "AZURE_FUNCTIONS_ENVIRONMENT", "ASPNETCORE_URLS", "Google__AllowOtherHosts", "Google__Proxy", "Alerts__WebhookUrl",
        "Alerts__WebhookSecret", "Alerts__Format", "Google__ClientId", "Google__ClientSecret",
        "Google__AuthorizationUri", "GoogleAds__BaseAddress", "GoogleAds__TokenUri",
        "GoogleAds__ApiVersion", "Upload__TimeBudget", "Upload__MaxParallelGroups", "Upload__ConversionWindowDays",
        "Upload__OtherSenderUntil", "Money__MinorUnits", "UPLOAD_SCHEDULE", "RECOVERY_SCHEDULE",
        "RECONCILE_SCHEDULE", "Reconcile__SettleAfter", "Retention__Identifiers",
        "CONFIRM_SCHEDULE", "Confirm__FirstCheckAfter", "Confirm__LongestGap", "Confirm__GiveUpAfter",
        "DataManager__BaseAddress", "DataManager__RequestTimeout", "DataManager__RequestsPerMinute",
        "DataManager__RequestsPerDay", "DataManager__ConcurrentRequests", "DataManager__LimitWait",
        "APPLICATIONINSIGHTS_CONNECTION_STRING", "APPLICATIONINSIGHTS_AUTHENTICATION_STRING",
        "OTEL_EXPORTER_OTLP_ENDPOINT", "OTEL_EXPORTER_OTLP_PROTOCOL", "Telemetry__SiteLabels",
        "StatusPage__TrustEasyAuth",
    ];

    [Test]
    public void The_sample_names_every_setting_and_only_the_vault_key_is_left_to_make()
    {
        var folder = Directory.CreateTempSubdirectory("opsmantik-sample-");
        try
        {
            File.Copy(Path.Combine(Root(), "local.settings.sample.json"), Path.Combine(folder.FullName, LocalSettings.FileName));
            var sample = new ConfigurationBuilder().AddLocalSettings(folder.FullName).Build();

            Assert.That(Names.Where(name => sample[name.Replace("__", ":")] is null), Is.Empty);
            Assert.That(sample["CRON_SECRET"], Is.Empty, "a secret that works would be one that everybody knows");
            var thrown = Assert.Throws<SettingsException>(
                () => WorkerServer.Create(configuration => configuration.AddConfiguration(sample)));
            Assert.That(thrown!.Faults, Has.Count.EqualTo(1).And.All.StartsWith("OPSMANTIK_VAULT_KEY "));
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    private static string Root()
    {
        var folder = new DirectoryInfo(TestContext.CurrentContext.TestDirectory);
        while (!File.Exists(Path.Combine(folder!.FullName, "OpsMantik.Functions.sln")))
            folder = folder.Parent;
        return folder.FullName;
    }
}
