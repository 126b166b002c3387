using System.Text.Json.Nodes;

namespace OpsMantik.Functions.Tests.Infra;

/// <summary>What an office for security asks for beside rights: audit, locks, copies, bounds. Most are parameters.</summary>
internal sealed class ProtectionTests
{
    private static readonly string[] Kept = ["flexibleServers", "storageAccounts", "vaults"];

    private Deployment _plain = null!;
    private Deployment _strict = null!;

    [OneTimeSetUp]
    public async Task PredictAsync()
    {
        _plain = await Deployment.DefaultAsync();
        _strict = await Deployment.PredictAsync(
            ("DELETE_LOCKS", "true"), ("ZONE_REDUNDANT", "true"), ("GEO_REDUNDANT_BACKUP", "true"), ("LOCK_PACKAGE", "true"),
            ("SITE_UPDATE_STRATEGY", "RollingUpdate"), ("LOG_RETENTION_DAYS", "365"), ("LOG_DAILY_CAP_GB", "5"),
            ("VAULT_CREATE_MODE", "recover"), ("VAULT_SUFFIX", "2"));
    }

    [Test]
    public void Vault_database_storage_and_app_tell_the_workspace() => Assert.That(
        _plain.All("Microsoft.Insights/diagnosticSettings").Select(setting => string.Join(' ', setting["properties"]!["logs"]!.AsArray()
            .Select(log => (string?)log!["category"] ?? (string?)log["categoryGroup"]))),
        Is.EquivalentTo(["StorageWrite StorageDelete", "audit", "PostgreSQLLogs", "FunctionAppLogs"]));

    [Test]
    public void The_workspace_keeps_and_takes_what_it_is_told_to() => Assert.Multiple(() =>
    {
        Assert.That(Workspace(_plain), Is.EqualTo("30 days, 1 GB a day"));
        Assert.That(Workspace(_strict), Is.EqualTo("365 days, 5 GB a day"));
    });

    [Test]
    public void Locks_are_a_choice()
    {
        var locks = _strict.All("Microsoft.Authorization/locks");

        Assert.Multiple(() =>
        {
            Assert.That(_plain.All("Microsoft.Authorization/locks"), Is.Empty);
            Assert.That(locks.Select(it => ((string)it["id"]!).Split("/providers/")[^2].Split('/')[1]), Is.EquivalentTo(Kept));
            Assert.That(locks.Select(it => (string?)it["properties"]!["level"]), Is.All.EqualTo("CanNotDelete"));
        });
    }

    [Test]
    public void Copies_in_zones_and_regions_are_a_choice_and_deleted_blobs_stay() => Assert.Multiple(() =>
    {
        Assert.That(Copies(_plain), Is.EqualTo("Standard_LRS False Disabled Disabled"));
        Assert.That(Copies(_strict), Is.EqualTo("Standard_ZRS True ZoneRedundant Enabled"));
        Assert.That((string?)_strict.One("Microsoft.DBforPostgreSQL/flexibleServers")["sku"]!["tier"], Is.EqualTo("GeneralPurpose"), "a burstable server has no standby");
        var blobs = _plain.One("Microsoft.Storage/storageAccounts/blobServices")["properties"]!;
        Assert.That((bool?)blobs["deleteRetentionPolicy"]!["enabled"], Is.True);
        Assert.That((bool?)blobs["containerDeleteRetentionPolicy"]!["enabled"], Is.True);
    });

    [Test]
    public void A_locked_package_can_be_replaced_for_two_hours_only() => Assert.Multiple(() =>
    {
        Assert.That(Conditions(_plain), Is.All.Null);
        Assert.That(Conditions(_strict).OfType<string>().ToList(), Has.Count.EqualTo(1).And.All
            .Contains("/write").And.All.Contains("/delete").And.All.Contains("@Environment[UtcNow] DateTimeLessThan").And.All.Contains("'PT2H'"));
    });

    [Test]
    public void Running_instances_are_replaced_at_once_unless_asked_otherwise() => Assert.Multiple(() =>
    {
        Assert.That(AppConfig(_plain)["siteUpdateStrategy"], Is.Null, "Azure's default is Recreate");
        Assert.That((string?)AppConfig(_strict)["siteUpdateStrategy"]!["type"], Is.EqualTo("RollingUpdate"));
    });

    [Test]
    public void A_deleted_vault_comes_back_or_makes_room_by_choice() => Assert.Multiple(() =>
    {
        var (plain, strict) = (_plain.One("Microsoft.KeyVault/vaults"), _strict.One("Microsoft.KeyVault/vaults"));
        Assert.That((string?)plain["properties"]!["createMode"], Is.EqualTo("default"));
        Assert.That((string?)strict["properties"]!["createMode"], Is.EqualTo("recover"));
        // preflight.sh counts on the form, and Azure takes 24 characters.
        Assert.That((string?)plain["name"], Does.Match("^kv-opsmantik-.{8}$"));
        Assert.That((string?)strict["name"], Is.EqualTo((string?)plain["name"] + "2"));
    });

    private static JsonNode AppConfig(Deployment deployment) => deployment.One("Microsoft.Web/sites")["properties"]!["functionAppConfig"]!;

    private static List<string?> Conditions(Deployment deployment) =>
        [.. deployment.All("Microsoft.Authorization/roleAssignments").Select(right => (string?)right["properties"]!["condition"])];

    private static string Workspace(Deployment deployment) =>
        deployment.One("Microsoft.OperationalInsights/workspaces")["properties"]! is var workspace
            ? $"{workspace["retentionInDays"]} days, {workspace["workspaceCapping"]!["dailyQuotaGb"]} GB a day"
            : "";

    private static string Copies(Deployment deployment)
    {
        var server = deployment.One("Microsoft.DBforPostgreSQL/flexibleServers")["properties"]!;
        return $"{deployment.One("Microsoft.Storage/storageAccounts")["sku"]!["name"]} "
            + $"{(bool)deployment.One("Microsoft.Web/serverfarms")["properties"]!["zoneRedundant"]!} "
            + $"{server["highAvailability"]!["mode"]} {server["backup"]!["geoRedundantBackup"]}";
    }
}
