using System.Text.RegularExpressions;
using System.Xml.Linq;
using OpsMantik.Functions.Tests.House;
using YamlDotNet.RepresentationModel;

namespace OpsMantik.Functions.Tests.Infra;

/// <summary>The release workflow names what is there, and releases only what was tested and the changelog tells of.</summary>
internal sealed partial class ReleaseWorkflowTests
{
    private const string Workflow = ".github/workflows/release.yml";

    private static readonly YamlMappingNode Jobs = (YamlMappingNode)Yaml.Read(Workflow)["jobs"];

    [Test]
    public void Every_command_is_a_script_of_the_repository_or_a_tool_of_the_runner()
    {
        var scripts = Commands(Jobs.Children.Values).Select(command => command.Split(' ')[0]).Except(["gh"]).ToList();

        Assert.That(scripts, Is.EquivalentTo([".ci/release-version", ".ci/run", "infra/package.sh", ".ci/reproducible", ".ci/sbom"]));
        Assert.That(scripts.Select(script => Path.Combine(SourceTree.Root, script)), Is.All.Exist);
        Assert.That(scripts.Select(Mode), Is.All.Matches<UnixFileMode>(mode => mode.HasFlag(UnixFileMode.UserExecute)));
    }

    [Test]
    public void It_starts_when_the_file_with_the_version_changes() => Assert.Multiple(() =>
    {
        var push = Yaml.Read(Workflow)["on"]["push"];
        Assert.That(((YamlSequenceNode)push["branches"]).Select(branch => $"{branch}"), Is.EqualTo(["main"]));
        Assert.That(((YamlSequenceNode)push["paths"]).Select(path => $"{path}"), Is.EqualTo(["Directory.Build.props"]));
        Assert.That(Version(), Does.Match(@"^\d+\.\d+\.\d+$"));
    });

    [Test]
    public void Only_what_was_tested_and_packed_is_released_once() => Assert.Multiple(() =>
    {
        Assert.That($"{Jobs["build"]["if"]}", Is.EqualTo("needs.version.outputs.new == 'true'"));
        Assert.That(Commands([Jobs["build"]]).Select(command => command.Split(' ')[0]), Is.EqualTo([".ci/run", "infra/package.sh", ".ci/reproducible", ".ci/sbom"]));
        Assert.That(((YamlSequenceNode)Jobs["release"]["needs"]).Select(need => $"{need}"), Is.EquivalentTo(["version", "build"]));
        Assert.That($"{Jobs["version"]["if"]}", Does.Contain("refs/heads/main"));
    });

    [Test]
    public void Only_the_release_may_write_and_no_secret_is_named()
    {
        var writers = Jobs.Children
            .Where(job => ((YamlMappingNode)job.Value).Children.TryGetValue("permissions", out var permissions)
                && $"{permissions["contents"]}" == "write")
            .Select(job => $"{job.Key}");

        Assert.That(writers, Is.EqualTo(["release"]));
        Assert.That(File.ReadAllText(Path.Combine(SourceTree.Root, Workflow)), Does.Not.Match(@"\bsecrets\b"));
    }

    [Test]
    public void The_release_takes_the_package_and_the_notes_that_were_made()
    {
        var made = Commands([Jobs["version"], Jobs["build"]]).SelectMany(command => Output().Matches(command)).Select(match => match.Value).Distinct();
        var taken = Commands([Jobs["release"]]).SelectMany(command => Output().Matches(command)).Select(match => match.Value);

        Assert.That(taken, Is.EquivalentTo(made));
    }

    [Test]
    [Platform(Exclude = "Win")]
    public async Task The_changelog_has_the_version_and_what_it_says_are_the_notes()
    {
        using var folder = new Checkout(File.ReadAllText(Path.Combine(SourceTree.Root, "CHANGELOG.md")));

        var result = await Shell.RunAsync(folder.Path, ".ci/release-version", ["out/notes.md"]);

        Assert.That(result.ExitCode, Is.Zero, result.Error);
        Assert.That(result.Output, Is.EqualTo($"version={Version()}\nnew=true\n"));
        Assert.That(
            await File.ReadAllTextAsync(Path.Combine(folder.Path, "out", "notes.md")),
            Does.Contain("### ").And.Not.Contain("\n## "));
    }

    [TestCase("# Changelog\n\n## [Unreleased]\n\n- Something.\n")]
    [TestCase("# Changelog\n\n## [{0}]\n\n## [0.1.0]\n\n- Something.\n")]
    [Platform(Exclude = "Win")]
    public async Task A_version_of_which_the_changelog_says_nothing_is_not_released(string changelog)
    {
        using var folder = new Checkout(changelog.Replace("{0}", Version(), StringComparison.Ordinal));

        var result = await Shell.RunAsync(folder.Path, ".ci/release-version", ["out/notes.md"]);

        Assert.That(result.ExitCode, Is.EqualTo(1));
        Assert.That(result.Error, Does.Contain($"says nothing of version {Version()}"));
    }

    private static string Version() =>
        XDocument.Load(Path.Combine(SourceTree.Root, "Directory.Build.props")).Descendants("Version").Single().Value;

    private static UnixFileMode Mode(string script) => OperatingSystem.IsWindows()
        ? UnixFileMode.UserExecute
        : File.GetUnixFileMode(Path.Combine(SourceTree.Root, script));

    private static IEnumerable<string> Commands(IEnumerable<YamlNode> jobs) => jobs
        .SelectMany(job => (YamlSequenceNode)job["steps"])
        .OfType<YamlMappingNode>()
        .Where(step => step.Children.ContainsKey("run"))
        .Select(step => $"{step["run"]}");

    [GeneratedRegex(@"out/[^\s""]+")]
    private static partial Regex Output();

    /// <summary>What the script reads, in a repository of its own without tags.</summary>
    private sealed class Checkout : IDisposable
    {
        private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("opsmantik-release-");

        public Checkout(string changelog)
        {
            _folder.CreateSubdirectory(".ci");
            File.WriteAllText(System.IO.Path.Combine(Path, "CHANGELOG.md"), changelog);
            foreach (var file in new[] { "Directory.Build.props", ".ci/release-version" })
                File.Copy(System.IO.Path.Combine(SourceTree.Root, file), System.IO.Path.Combine(Path, file));
        }

        public string Path => _folder.FullName;

        public void Dispose() => _folder.Delete(recursive: true);
    }
}
