using System.Xml.Linq;
using OpsMantik.Functions.Tests.House;

namespace OpsMantik.Functions.Tests.Cli;

public class VersionTests
{
    [Test]
    public async Task The_version_is_printed_as_the_one_place_has_it()
    {
        var version = XDocument.Load(Path.Combine(SourceTree.Root, "Directory.Build.props")).Descendants("Version").Single().Value;

        var (exitCode, output, error) = await CliProcess.RunAsync("--version");

        Assert.That((exitCode, output.Trim(), error), Is.EqualTo((0, version, "")));
    }

    [Test]
    public void No_project_has_a_version_of_its_own() => Assert.That(
        Directory.EnumerateFiles(SourceTree.Root, "*.csproj", SearchOption.AllDirectories)
            .Where(path => XDocument.Load(path).Descendants("Version").Any(element => element.Parent!.Name == "PropertyGroup")),
        Is.Empty);
}
