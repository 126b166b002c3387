using Microsoft.Extensions.Configuration;

namespace OpsMantik.Functions.Tests.Functions.Startup;

public class SettingsFaultTests
{
    [TestCase("ConnectionStrings:OpsMantik", null, "ConnectionStrings__OpsMantik")]
    [TestCase("ConnectionStrings:OpsMantik", "CANARY-no connection string", "ConnectionStrings__OpsMantik")]
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
    [TestCase("Confirm:GiveUpAfter", "CANARY-late", "Confirm__GiveUpAfter")]
    [TestCase("Confirm:FirstCheckAfter", "00:00:00", "Confirm__FirstCheckAfter")]
    [TestCase("CONFIRM_SCHEDULE", "* * *", "CONFIRM_SCHEDULE")]
    [TestCase("UPLOAD_SCHEDULE", "CANARY-never", "UPLOAD_SCHEDULE")]
    [TestCase("RECOVERY_SCHEDULE", "* * *", "RECOVERY_SCHEDULE")]
    public void A_faulty_setting_is_named_as_the_environment_spells_it(string key, string? value, string name)
    {
        var settings = RunningApp.Settings();
        settings[key] = value;

        var thrown = Assert.Throws<SettingsException>(
            () => FunctionApp.Create([], configuration => configuration.AddInMemoryCollection(settings)));

        Assert.That(thrown!.Faults, Has.Count.EqualTo(1).And.All.StartsWith(name));
        Assert.That(thrown.Message, Does.Not.Contain("CANARY-"));
    }

    [Test]
    public void Every_fault_is_told_at_once()
    {
        var settings = RunningApp.Settings();
        settings["ConnectionStrings:OpsMantik"] = "";
        settings["OPSMANTIK_VAULT_KEY"] = "";
        settings["Upload:TimeBudget"] = settings["Upload:MaxParallelGroups"] = "x";
        settings["DataManager:RequestsPerDay"] = settings["DataManager:LimitWait"] = "x";
        settings["Confirm:GiveUpAfter"] = settings["Confirm:LongestGap"] = "x";
        settings["UPLOAD_SCHEDULE"] = settings["RECOVERY_SCHEDULE"] = "x";

        var thrown = Assert.Throws<SettingsException>(
            () => FunctionApp.Create([], configuration => configuration.AddInMemoryCollection(settings)));

        Assert.That(thrown!.Faults, Has.Count.EqualTo(10));
    }
}
