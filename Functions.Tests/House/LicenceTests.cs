using System.Reflection;
using System.Text.Json;
using System.Xml.Linq;

namespace OpsMantik.Functions.Tests.House;

/// <summary>Every package that a lock file names, by the licence that its own nuspec or licence file states.</summary>
internal sealed class LicenceTests
{
    // Ask for their notices and nothing else.
    private static readonly string[] Allowed =
        ["MIT", "Apache-2.0", "BSD-3-Clause", "ISC", "PostgreSQL", "MS-PL OR Apache-2.0"];

    // Ask for their own source when they are passed on: in what is never passed on only.
    private static readonly string[] AllowedInTests = ["MPL-2.0", "LGPL-3.0"];

    private static readonly string[] NeverPassedOn = ["Benchmarks", "Functions.Tests", "Reliability", "Testbed"];

    // By the title of the file, for packages that name no licence by its identifier.
    private static readonly (string Title, string Licence)[] Titles =
    [
        ("The MIT License", "MIT"), ("Apache License", "Apache-2.0"), ("LGPL v3 License", "LGPL-3.0"),
        ("licensed under the terms of the LGPLv3", "LGPL-3.0"),
    ];

    private static readonly string PackageFolder = typeof(LicenceTests).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>()
        .Single(metadata => metadata.Key == "PackageFolder").Value!;

    [Test]
    public void Every_package_has_a_licence_of_the_list()
    {
        var packages = Directory.GetFiles(SourceTree.Root, "packages.lock.json", SearchOption.AllDirectories)
            .Where(file => !file.Split(Path.DirectorySeparatorChar).Any(part => part is "obj" or "bin"))
            .SelectMany(PackagesOf)
            .ToList();

        Assert.That(packages, Has.Count.GreaterThan(300), "of all projects");
        Assert.That(
            packages.Distinct().Select(package => (package.Project, package.Name, Licence: LicenceOf(package.Name, package.Version)))
                .Where(found => !Allowed.Contains(found.Licence)
                    && !(NeverPassedOn.Contains(found.Project) && AllowedInTests.Contains(found.Licence)))
                .Select(found => $"{found.Project}: {found.Name} is under {found.Licence}"),
            Is.Empty);
    }

    private static IEnumerable<(string Project, string Name, string Version)> PackagesOf(string lockFile)
    {
        using var json = JsonDocument.Parse(File.ReadAllText(lockFile));
        var project = new DirectoryInfo(Path.GetDirectoryName(lockFile)!).Name;
        return
        [
            .. json.RootElement.GetProperty("dependencies").EnumerateObject()
                .SelectMany(framework => framework.Value.EnumerateObject())
                .Where(package => package.Value.TryGetProperty("resolved", out _))
                .Select(package => (project, package.Name.ToLowerInvariant(), package.Value.GetProperty("resolved").GetString()!.ToLowerInvariant())),
        ];
    }

    private static string LicenceOf(string name, string version)
    {
        var folder = Path.Combine(PackageFolder, name, version);
        var metadata = XDocument.Load(Path.Combine(folder, $"{name}.nuspec")).Root!.Elements().Single(part => part.Name.LocalName == "metadata");
        var licence = metadata.Elements().SingleOrDefault(part => part.Name.LocalName == "license");
        if (licence?.Attribute("type")?.Value == "expression")
            return licence.Value;

        // An older package has an address instead, which may say today what it did not say then, and the text beside it.
        var file = Path.Combine(folder, licence?.Value ?? "LICENSE.TXT");
        if (!File.Exists(file))
            return "no licence that the package holds";
        var text = File.ReadAllText(file);
        return Titles.FirstOrDefault(title => text.Contains(title.Title, StringComparison.Ordinal)).Licence ?? "a licence of its own";
    }
}
