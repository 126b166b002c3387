using System.Text.Json;
using OpsMantik.Functions.Tests.House;

namespace OpsMantik.Functions.Tests.Benchmarks;

public class PeerPackagesTests
{
    private static readonly string Folder = Path.Combine(SourceTree.Root, "Benchmarks", "Peers", "node");

    [Test]
    public void The_peers_are_pinned_to_one_version_each()
    {
        using var package = Read("package.json");

        var versions = package.RootElement.GetProperty("dependencies").EnumerateObject().Select(peer => peer.Value.GetString());

        Assert.That(versions, Is.Not.Empty.And.All.Match("^[0-9]+[.][0-9]+[.][0-9]+$"));
    }

    [Test]
    public void The_lock_names_every_packages_content_and_no_registry()
    {
        using var locked = Read("package-lock.json");

        var packages = locked.RootElement.GetProperty("packages").EnumerateObject()
            .Where(package => package.Name.Length > 0).Select(package => package.Value).ToList();

        Assert.Multiple(() =>
        {
            Assert.That(packages, Is.Not.Empty);
            Assert.That(packages.All(package => package.TryGetProperty("integrity", out _)), "checked by content");
            Assert.That(packages.Any(package => package.TryGetProperty("resolved", out _)), Is.False, "from any registry");
        });
    }

    private static JsonDocument Read(string name) => JsonDocument.Parse(File.ReadAllText(Path.Combine(Folder, name)));
}
