using System.Globalization;
using Microsoft.Extensions.Configuration;
using OpsMantik.Cli.Serve;
using OpsMantik.Functions.Tests.Hosts;

namespace OpsMantik.Functions.Tests.Web.Startup;

public class SettingsFaultTests
{
    [TestCase("ConnectionStrings:OpsMantik", null, "ConnectionStrings__OpsMantik")]
    [TestCase("ConnectionStrings:OpsMantik", "CANARY-no connection string", "ConnectionStrings__OpsMantik")]
    [TestCase("ConnectionStrings:OpsMantik", "Host=a.postgres.database.azure.com", "ConnectionStrings__OpsMantik")]
    [TestCase("Database:Authentication", "CANARY-both", "Database__Authentication")]
    [TestCase("OPSMANTIK_VAULT_KEY", null, "OPSMANTIK_VAULT_KEY")]
    [TestCase("OPSMANTIK_VAULT_KEY", "CANARY-short", "OPSMANTIK_VAULT_KEY")]
    [TestCase("OPSMANTIK_VAULT_PREVIOUS_KEYS", "CANARY-short", "OPSMANTIK_VAULT_PREVIOUS_KEYS")]
    [TestCase("Upload:TimeBudget", "CANARY-soon", "Upload__TimeBudget")]
    [TestCase("Upload:TimeBudget", "10:00:00", "Upload__TimeBudget")]
    [TestCase("Upload:MaxParallelGroups", "0", "Upload__MaxParallelGroups")]
    [TestCase("GoogleAds:RequestTimeout", "CANARY-soon", "GoogleAds__RequestTimeout")]
    [TestCase("DataManager:RequestsPerDay", "CANARY-many", "DataManager__RequestsPerDay")]
    [TestCase("DataManager:ConcurrentRequests", "0", "DataManager__ConcurrentRequests")]
    [TestCase("DataManager:BaseAddress", "http://elsewhere.example/", "DataManager__BaseAddress")]
    [TestCase("Google:AllowOtherHosts", "CANARY-perhaps", "Google__AllowOtherHosts")]
    [TestCase("Google:Proxy", "CANARY-nowhere", "Google__Proxy")]
    [TestCase("Google:Proxy", "ftp://CANARY-login@proxy.example", "Google__Proxy")]
    [TestCase("Confirm:GiveUpAfter", "CANARY-late", "Confirm__GiveUpAfter")]
    [TestCase("Confirm:FirstCheckAfter", "00:00:00", "Confirm__FirstCheckAfter")]
    [TestCase("CONFIRM_SCHEDULE", "* * *", "CONFIRM_SCHEDULE")]
    [TestCase("RECONCILE_SCHEDULE", "* * *", "RECONCILE_SCHEDULE")]
    [TestCase("Reconcile:SettleAfter", "8.00:00:00", "Reconcile__SettleAfter")]
    [TestCase("UPLOAD_SCHEDULE", "CANARY-never", "UPLOAD_SCHEDULE")]
    [TestCase("RECOVERY_SCHEDULE", "* * *", "RECOVERY_SCHEDULE")]
    [TestCase("Telemetry:SiteLabels", "CANARY-perhaps", "Telemetry__SiteLabels")]
    [TestCase("Logging:LogLevel:Default", "CANARY-loud", "Logging__LogLevel__Default")]
    [TestCase("Logging:Console:LogLevel:Default", "CANARY-loud", "Logging__Console__LogLevel__Default")]
    [TestCase("AzureWebJobs:RecoverProcessingTimer:Disabled", "CANARY-yes", "AzureWebJobs__RecoverProcessingTimer__Disabled")]
    [TestCase("AzureWebJobs.Status.Disabled", "CANARY-yes", "AzureWebJobs.Status.Disabled")]
    [TestCase("urls", "http://127.0.0.1:99999", "ASPNETCORE_URLS")]
    [TestCase("urls", "http://127.0.0.1:0;CANARY-nowhere", "ASPNETCORE_URLS")]
    [TestCase("urls", "http://127.0.0.1:-1", "ASPNETCORE_URLS")]
    [TestCase("urls", "https://127.0.0.1:0", "ASPNETCORE_URLS")]
    [TestCase("urls", "http://127.0.0.1:0/CANARY-path", "ASPNETCORE_URLS")]
    [TestCase("urls", "http://localhost:0", "ASPNETCORE_URLS")]
    [TestCase("APPLICATIONINSIGHTS_CONNECTION_STRING", "CANARY-key", "APPLICATIONINSIGHTS_CONNECTION_STRING")]
    [TestCase("APPLICATIONINSIGHTS_CONNECTION_STRING", "InstrumentationKey=CANARY-key", "APPLICATIONINSIGHTS_CONNECTION_STRING")]
    [TestCase("APPLICATIONINSIGHTS_CONNECTION_STRING", "@Microsoft.KeyVault(SecretUri=https://v/CANARY-s)", "APPLICATIONINSIGHTS_CONNECTION_STRING")]
    [TestCase("APPLICATIONINSIGHTS_CONNECTION_STRING",
        "InstrumentationKey=4e0f8ab4-94f7-4b0c-b7fd-7d4f3cf9b4c8;IngestionEndpoint=CANARY-where", "APPLICATIONINSIGHTS_CONNECTION_STRING")]
    [TestCase("APPLICATIONINSIGHTS_AUTHENTICATION_STRING", "CANARY-key", "APPLICATIONINSIGHTS_AUTHENTICATION_STRING")]
    [TestCase("APPLICATIONINSIGHTS_AUTHENTICATION_STRING", "Authorization=AAD;ClientId=CANARY-me", "APPLICATIONINSIGHTS_AUTHENTICATION_STRING")]
    [TestCase("OTEL_EXPORTER_OTLP_ENDPOINT", "CANARY-collector:4317", "OTEL_EXPORTER_OTLP_ENDPOINT")]
    [TestCase("OTEL_EXPORTER_OTLP_PROTOCOL", "CANARY-json", "OTEL_EXPORTER_OTLP_PROTOCOL")]
    public void A_faulty_setting_is_named_as_the_environment_spells_it(string key, string? value, string name)
    {
        var settings = HostedWorker.Settings();
        settings[key] = value;

        var thrown = Assert.Throws<SettingsException>(
            () => WorkerServer.Create(configuration => configuration.AddInMemoryCollection(settings)));

        Assert.That(thrown!.Faults, Has.Count.EqualTo(1).And.All.StartsWith(name));
        Assert.That(thrown.Message, Does.Not.Contain("CANARY-"));
    }

    [TestCase("Production", "OPSMANTIK_VAULT_KEY", "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=")]
    [TestCase("Staging", "OPSMANTIK_VAULT_KEY", "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=")]
    [TestCase(null, "GoogleAds:TokenUri", "https://CANARY-tokens.example/")]
    public void What_development_may_do_others_may_not(string? environment, string key, string value)
    {
        var settings = HostedWorker.Settings((key, value), ("CRON_SECRET", HostedWorker.StrongSecret));
        using (var app = WorkerServer.Create(configuration => configuration.AddInMemoryCollection(settings)))
            Assert.That(app, Is.Not.Null);
        settings["AZURE_FUNCTIONS_ENVIRONMENT"] = environment;

        var thrown = Assert.Throws<SettingsException>(
            () => WorkerServer.Create(configuration => configuration.AddInMemoryCollection(settings)));

        Assert.That(thrown!.Faults, Has.Count.EqualTo(1).And.All.StartsWith(key.Replace(":", "__", StringComparison.Ordinal)));
        Assert.That(thrown.Message, Does.Not.Contain("CANARY-").And.Not.Contain("AAEC"));
    }

    [TestCase("ConnectionStrings:OpsMantik", "{0}")]
    [TestCase("ConnectionStrings:OpsMantik", " {0}")]
    [TestCase("ConnectionStrings:OpsMantik", "Host=db.example;Username=w;Password={0}")]
    [TestCase("OPSMANTIK_VAULT_KEY", " {0}")]
    [TestCase("OPSMANTIK_VAULT_PREVIOUS_KEYS", "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=, {0}")]
    public void A_secret_that_is_still_a_reference_is_refused_in_so_many_words(string key, string value)
    {
        var settings = HostedWorker.Settings();
        settings[key] = string.Format(
            CultureInfo.InvariantCulture, value, "@microsoft.KeyVault(VaultName=CANARY;SecretName=name)");

        var thrown = Assert.Throws<SettingsException>(
            () => WorkerServer.Create(configuration => configuration.AddInMemoryCollection(settings)));

        Assert.That(thrown!.Faults, Has.Count.EqualTo(1).And.All.StartsWith(key.Replace(":", "__", StringComparison.Ordinal)));
        Assert.That(thrown.Message, Does.Contain("is an unresolved Key Vault reference").And.Not.Contain("CANARY"));
    }

    [Test]
    public void Every_fault_is_told_at_once()
    {
        var settings = HostedWorker.Settings();
        settings["ConnectionStrings:OpsMantik"] = "";
        settings["OPSMANTIK_VAULT_KEY"] = "";
        settings["Upload:TimeBudget"] = settings["Upload:MaxParallelGroups"] = "x";
        settings["DataManager:RequestsPerDay"] = settings["DataManager:LimitWait"] = "x";
        settings["Confirm:GiveUpAfter"] = settings["Confirm:LongestGap"] = "x";
        settings["UPLOAD_SCHEDULE"] = settings["RECOVERY_SCHEDULE"] = "x";
        settings["Logging:LogLevel:Default"] = settings["AzureWebJobs:ConfirmUploads:Disabled"] = "x";

        var thrown = Assert.Throws<SettingsException>(
            () => WorkerServer.Create(configuration => configuration.AddInMemoryCollection(settings)));

        Assert.That(thrown!.Faults, Has.Count.EqualTo(12));
    }
}
