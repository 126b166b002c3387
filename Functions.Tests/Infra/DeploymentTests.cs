using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using YamlDotNet.RepresentationModel;

namespace OpsMantik.Functions.Tests.Infra;

internal sealed partial class DeploymentTests
{
    private const string Containers = "Microsoft.Storage/storageAccounts/blobServices/containers";

    private static readonly string[] Rights =
    [
        $"b7e6dc6d-f1e8-4753-8033-0f276bb0955b at {Containers} azure-webjobs-hosts for the worker",
        $"b7e6dc6d-f1e8-4753-8033-0f276bb0955b at {Containers} azure-webjobs-secrets for the worker",
        $"ba92f5b4-2d11-453d-a403-e96b0029c9fe at {Containers} packages for the deployment",
        "b86a8fe4-44ce-4948-aee5-eccb2c155cd7 at Microsoft.KeyVault/vaults kv-opsmantik-* for the operators",
        "3913510d-42f4-4e42-8a64-420c390055eb at Microsoft.Insights/components appi-opsmantik-* for the worker",
    ];

    // What Azure's table of limits says, less the 15 that the service keeps for itself.
    private static readonly Dictionary<string, int> UserConnections = new()
    {
        ["Standard_B1ms"] = 35,
        ["Standard_B2s"] = 414,
        ["Standard_B2ms"] = 844,
        ["Standard_D2ds_v5"] = 844,
    };

    private Deployment _deployment = null!;

    [OneTimeSetUp]
    public async Task PredictAsync() => _deployment = await Deployment.DefaultAsync();

    [Test]
    public void Nothing_lets_anybody_in_by_key_or_password() => Assert.Multiple(() =>
    {
        Assert.That((bool?)Of("Microsoft.Storage/storageAccounts", "allowSharedKeyAccess"), Is.False);
        Assert.That((bool?)Of("Microsoft.Storage/storageAccounts", "allowBlobPublicAccess"), Is.False);
        Assert.That((bool?)Of("Microsoft.Insights/components", "DisableLocalAuth"), Is.True);
        Assert.That((string?)Of("Microsoft.DBforPostgreSQL/flexibleServers", "authConfig")["passwordAuth"], Is.EqualTo("Disabled"));
        Assert.That(
            _deployment.All("Microsoft.Web/sites/basicPublishingCredentialsPolicies"),
            Has.Count.EqualTo(2).And.All.Matches<JsonNode>(policy => !(bool)policy["properties"]!["allow"]!));
    });

    [Test]
    public void Neither_a_template_nor_a_parameter_holds_a_secret() => Assert.Multiple(() =>
    {
        Assert.That(_deployment.Text, Does.Not.Contain("listKeys").And.Not.Contain("AccountKey").And.Not.Contain("Password="));
        Assert.That(_deployment.All("Microsoft.KeyVault/vaults/secrets"), Is.Empty);
        foreach (var file in Directory.GetFiles(Bicep.Folder, "*.bicep*", SearchOption.AllDirectories))
            Assert.That(File.ReadAllText(file), Does.Not.Contain("@secure()"), file);
    });

    [Test]
    public void A_lost_vault_can_be_brought_back_and_a_deleted_one_cannot_be_purged()
    {
        var vault = _deployment.One("Microsoft.KeyVault/vaults")["properties"]!;

        Assert.Multiple(() =>
        {
            Assert.That((bool?)vault["enableRbacAuthorization"], Is.True);
            Assert.That((bool?)vault["enableSoftDelete"], Is.True);
            Assert.That((bool?)vault["enablePurgeProtection"], Is.True);
        });
    }

    /// <summary>The worker reads secrets one by one: secrets.sh gives that, since a right at a secret needs the secret.</summary>
    [Test]
    public void Each_right_is_given_at_the_smallest_place_and_none_of_the_workers_reaches_its_package()
    {
        var given = _deployment.All("Microsoft.Authorization/roleAssignments").Select(right =>
        {
            var (id, properties) = ((string)right["id"]!, right["properties"]!);
            var path = id.Split("/providers/")[^2].Split('/');
            var type = string.Join('/', path[..1].Concat(path[1..].Where((_, i) => i % 2 == 0)));
            var principal = (string)properties["principalId"]!;
            var whose = principal.Contains("/id-deploy-", StringComparison.Ordinal) ? "deployment" : principal.Contains("/id-", StringComparison.Ordinal) ? "worker" : "operators";
            return $"{((string)properties["roleDefinitionId"]!).Split('/')[^1]} at {type} {Name().Replace(path[^1], "$1-*")} for the {whose}";
        });
        var app = _deployment.One("Microsoft.Web/sites")["properties"]!;

        Assert.Multiple(() =>
        {
            Assert.That(given, Is.EquivalentTo(Rights));
            Assert.That((string)app["functionAppConfig"]!["deployment"]!["storage"]!["authentication"]!["userAssignedIdentityResourceId"]!, Does.Contain("/id-deploy-"));
            Assert.That((string)app["keyVaultReferenceIdentity"]!, Does.Contain("/id-").And.Not.Contain("/id-deploy-"));
            Assert.That(_deployment.AppSettings["AZURE_CLIENT_ID"], Does.Contain("/id-").And.Not.Contain("/id-deploy-"));
        });
    }

    [Test]
    public void The_runtime_is_the_isolated_worker_and_no_instance_is_kept_ready()
    {
        var config = _deployment.One("Microsoft.Web/sites")["properties"]!["functionAppConfig"]!;

        Assert.That($"{config["runtime"]!["name"]} {config["runtime"]!["version"]}", Is.EqualTo("dotnet-isolated 10.0"));
        Assert.That(config["scaleAndConcurrency"]!["alwaysReady"]!.AsArray(), Is.Empty);
    }

    /// <summary>For dashboard, operators and what else there is, 100 connections stay.</summary>
    [Test]
    public void As_many_instances_as_may_run_do_not_exhaust_the_servers_connections()
    {
        const int Health = 1;
        const int Others = 100;
        var server = (string)_deployment.One("Microsoft.DBforPostgreSQL/flexibleServers")["sku"]!["name"]!;
        var instances = (int)_deployment.One("Microsoft.Web/sites")["properties"]!["functionAppConfig"]!["scaleAndConcurrency"]!["maximumInstanceCount"]!;
        // A timer runs in one instance at a time, which may be none of those that calls run in.
        var timers = _deployment.AppSettings.Keys.Count(name => name.EndsWith("Timer.Disabled", StringComparison.Ordinal));
        var pool = int.Parse(PoolSize().Match(_deployment.AppSettings["ConnectionStrings__OpsMantik"]).Groups[1].Value);

        Assert.That(timers, Is.EqualTo(4));
        Assert.That((instances + timers) * (pool + Health) + Others, Is.LessThanOrEqualTo(UserConnections[server]));
    }

    [Test]
    public async Task A_database_that_is_there_gets_no_server_of_ours()
    {
        var entra = await Deployment.PredictAsync(("DATABASE_KIND", "existing"), ("EXISTING_DATABASE_HOST", "db.example.com"));
        var password = await Deployment.PredictAsync(("DATABASE_KIND", "password"));

        Assert.Multiple(() =>
        {
            Assert.That(entra.All("Microsoft.DBforPostgreSQL/flexibleServers"), Is.Empty);
            Assert.That(entra.AppSettings["ConnectionStrings__OpsMantik"], Does.StartWith("Host=db.example.com;Database=opsmantik;"));
            Assert.That(password.All("Microsoft.DBforPostgreSQL/flexibleServers"), Is.Empty);
            Assert.That(
                password.AppSettings["ConnectionStrings__OpsMantik"],
                Does.Contain("@Microsoft.KeyVault(SecretUri=").And.Contain("OPSMANTIK-DATABASE)"));
        });
    }

    [Test]
    public void Azd_finds_the_app_by_its_service()
    {
        var azure = Yaml.Read("azure.yaml");
        var services = (YamlMappingNode)azure["services"];

        Assert.That(
            services.Children.Keys.Select(key => $"{key}"),
            Is.EqualTo([(string?)_deployment.One("Microsoft.Web/sites")["tags"]!["azd-service-name"]]));
    }

    // What Azure's subscription and the environment make of it.
    [GeneratedRegex("^(kv-opsmantik|appi-opsmantik)-.*$")]
    private static partial Regex Name();

    [GeneratedRegex(@"Maximum Pool Size=(\d+)")]
    private static partial Regex PoolSize();

    private JsonNode Of(string type, string property) => _deployment.One(type)["properties"]![property]!;
}
