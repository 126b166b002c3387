
namespace OpsMantik.Functions.Tests.Infra;

/// <summary>With USE_VNET storage, vault and database are reached inside the network alone; without it there is no network.</summary>
internal sealed class NetworkTests
{
    private static readonly string[] Closed =
        ["Microsoft.Storage/storageAccounts", "Microsoft.KeyVault/vaults", "Microsoft.DBforPostgreSQL/flexibleServers"];

    private Deployment _open = null!;
    private Deployment _private = null!;

    [OneTimeSetUp]
    public async Task PredictAsync()
    {
        _open = await Deployment.DefaultAsync();
        _private = await Deployment.PredictAsync(("USE_VNET", "true"));
    }

    [Test]
    public void Nothing_that_holds_anything_is_reached_from_outside() => Assert.Multiple(() =>
    {
        foreach (var type in Closed)
        {
            Assert.That(Access(_private, type), Is.EqualTo("Disabled"), type);
            Assert.That(Access(_open, type), Is.EqualTo("Enabled"), type);
        }

        Assert.That((string?)_private.One(Closed[0])["properties"]!["networkAcls"]!["defaultAction"], Is.EqualTo("Deny"));
        Assert.That((string?)_private.One(Closed[1])["properties"]!["networkAcls"]!["defaultAction"], Is.EqualTo("Deny"));
        Assert.That(_private.All("Microsoft.DBforPostgreSQL/flexibleServers/firewallRules"), Is.Empty);
    });

    [Test]
    public void Each_has_an_address_inside_and_its_name_is_resolved_there()
    {
        var endpoints = _private.All("Microsoft.Network/privateEndpoints")
            .Select(endpoint => endpoint["properties"]!["privateLinkServiceConnections"]![0]!["properties"]!)
            .Select(to => (string)to["groupIds"]![0]!);
        var zones = _private.All("Microsoft.Network/privateDnsZones").Select(zone => (string)zone["name"]!).ToList();

        Assert.Multiple(() =>
        {
            Assert.That(endpoints, Is.EquivalentTo(["blob", "vault", "postgresqlServer"]));
            Assert.That(_private.All("Microsoft.Network/privateEndpoints/privateDnsZoneGroups"), Has.Count.EqualTo(3));
            Assert.That(_private.All("Microsoft.Network/privateDnsZones/virtualNetworkLinks"), Has.Count.EqualTo(3));
            Assert.That(zones, Has.Count.EqualTo(3).And.Some.Contains("privatelink.blob."));
            Assert.That(zones, Is.SupersetOf(["privatelink.vaultcore.azure.net", "privatelink.postgres.database.azure.com"]));
        });
    }

    [Test]
    public void The_app_goes_out_through_the_subnet_that_is_its_own_by_one_fixed_address()
    {
        var subnets = _private.One("Microsoft.Network/virtualNetworks")["properties"]!["subnets"]!.AsArray();
        var worker = subnets.Single(subnet => (string?)subnet!["name"] == "worker")!["properties"]!;

        Assert.Multiple(() =>
        {
            Assert.That((string?)worker["delegations"]![0]!["properties"]!["serviceName"], Is.EqualTo("Microsoft.App/environments"));
            Assert.That(worker["natGateway"], Is.Not.Null);
            Assert.That(
                (string)_private.One("Microsoft.Web/sites")["properties"]!["virtualNetworkSubnetId"]!, Does.Contain("workerSubnetId"));
            Assert.That((string?)_private.One("Microsoft.Network/publicIPAddresses")["properties"]!["publicIPAllocationMethod"], Is.EqualTo("Static"));
        });
    }

    [Test]
    public void Without_it_there_is_no_network() => Assert.That(_open.Text, Does.Not.Contain("Microsoft.Network/"));

    [Test]
    public async Task A_database_that_is_there_gets_no_endpoint_of_ours()
    {
        var existing = await Deployment.PredictAsync(("USE_VNET", "true"), ("DATABASE_KIND", "existing"), ("EXISTING_DATABASE_HOST", "db"));

        Assert.That(existing.All("Microsoft.Network/privateEndpoints"), Has.Count.EqualTo(2));
    }

    private static string? Access(Deployment deployment, string type) =>
        (string?)(deployment.One(type)["properties"]! is var properties && properties["network"] is { } network ? network : properties)["publicNetworkAccess"];
}
