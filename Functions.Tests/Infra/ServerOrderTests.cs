using System.Text.Json.Nodes;

namespace OpsMantik.Functions.Tests.Infra;

/// <summary>What is made on the PostgreSQL server is made one after another: it refuses a change while another is under way.</summary>
internal sealed class ServerOrderTests
{
    private const string Server = "Microsoft.DBforPostgreSQL/flexibleServers";

    private JsonObject _template = null!;

    [OneTimeSetUp]
    public async Task CompileAsync()
    {
        var built = await Bicep.RunAsync(Bicep.Folder, ["build", "main.bicep", "--stdout"]);
        _template = JsonNode.Parse(built.Output)!.AsObject();
    }

    [Test]
    public void Of_two_children_of_the_server_one_waits_for_the_other()
    {
        var resources = Module("postgres")["properties"]!["template"]!["resources"]!.AsObject();
        var children = resources.Where(resource => ((string)resource.Value!["type"]!).StartsWith($"{Server}/", StringComparison.Ordinal))
            .Select(resource => resource.Key).ToList();

        Assert.That(children, Has.Count.GreaterThanOrEqualTo(3));
        Assert.Multiple(() =>
        {
            foreach (var child in children)
            {
                Assert.That(Behind(resources, child), Does.Contain("server"), child);
                foreach (var other in children.Where(other => other != child))
                    Assert.That(Behind(resources, child).Contains(other) ^ Behind(resources, other).Contains(child), Is.True, $"{child}, {other}");
            }
        });
    }

    [Test]
    public void The_endpoint_of_the_server_comes_after_all_of_them_and_the_app_after_the_endpoints()
    {
        var modules = _template["resources"]!.AsObject();

        Assert.That(Behind(modules, "postgresEndpoint"), Does.Contain("postgres"));
        Assert.That(Behind(modules, "worker"), Is.SupersetOf(["postgresEndpoint", "vaultEndpoint", "blobEndpoint", "vault", "storage", "monitoring", "identity"]));
    }

    private JsonNode Module(string name) => _template["resources"]![name]!;

    /// <summary>All that a resource waits for, directly or not.</summary>
    private static HashSet<string> Behind(JsonObject resources, string name)
    {
        var behind = new HashSet<string>(StringComparer.Ordinal);
        var open = new Queue<string>([name]);
        while (open.TryDequeue(out var next))
        {
            foreach (var needed in resources[next]!["dependsOn"]?.AsArray().Select(it => (string)it!) ?? [])
            {
                if (behind.Add(needed))
                    open.Enqueue(needed);
            }
        }

        return behind;
    }
}
