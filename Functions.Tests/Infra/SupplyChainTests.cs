using System.Text.RegularExpressions;
using OpsMantik.Functions.Tests.House;
using YamlDotNet.RepresentationModel;

namespace OpsMantik.Functions.Tests.Infra;

/// <summary>What others give us is what we looked at: by its hash where it can be, asked about where it cannot.</summary>
internal sealed partial class SupplyChainTests
{
    private const string Digest = "sha256:0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef";

    private static readonly string[] Workflows = Directory.GetFiles(Path.Combine(SourceTree.Root, ".github", "workflows"));

    private string _folder = null!;

    [SetUp]
    public void MakeFolder() => _folder = Directory.CreateTempSubdirectory("opsmantik-supply-").FullName;

    [TearDown]
    public void Drop() => Directory.Delete(_folder, recursive: true);

    [Test]
    public void Every_action_is_a_commit_with_its_version_beside_it_and_the_same_everywhere()
    {
        var used = Workflows.SelectMany(File.ReadAllLines).Where(line => line.Contains("uses:", StringComparison.Ordinal)).ToList();
        var pinned = used.Select(line => Pinned().Match(line)).Where(match => match.Success)
            .Select(match => (Action: match.Groups["action"].Value, Pin: match.Groups["pin"].Value)).ToList();

        Assert.That(used, Has.Count.GreaterThan(15));
        Assert.That(used.Where(line => !Pinned().IsMatch(line)), Is.Empty);
        Assert.That(pinned.Distinct().GroupBy(one => one.Action).Where(group => group.Count() > 1).Select(group => group.Key), Is.Empty);
    }

    [Test]
    public void What_a_change_brings_in_is_analysed_and_only_the_analysis_may_write_its_findings()
    {
        var jobs = (YamlMappingNode)Yaml.Read(".github/workflows/security.yml")["jobs"];
        var writers = jobs.Children
            .Where(job => ((YamlMappingNode)job.Value).Children.TryGetValue("permissions", out var permissions)
                && ((YamlMappingNode)permissions).Children.Values.Any(right => $"{right}" == "write"))
            .Select(job => $"{job.Key}");

        Assert.That(writers, Is.EqualTo(["codeql"]));
        Assert.That(UsedBy("codeql"), Has.Some.StartsWith("github/codeql-action/analyze@"));
        Assert.That(UsedBy("dependencies"), Has.Some.StartsWith("actions/dependency-review-action@"));
        Assert.That($"{jobs["dependencies"]["if"]}", Is.EqualTo("github.event_name == 'pull_request'"));

        IEnumerable<string> UsedBy(string job) => ((YamlSequenceNode)jobs[job]["steps"]).OfType<YamlMappingNode>()
            .Where(step => step.Children.ContainsKey("uses")).Select(step => $"{step["uses"]}");
    }

    [TestCase("The given project `OpsMantik.Core` has no vulnerable packages given the current sources.", 0, 0, "none that the feed knows")]
    [TestCase("Project `OpsMantik.Web` has the following vulnerable packages\n   > Bad.Package  1.0.0  1.0.0  High", 0, 1, "Bad.Package")]
    [TestCase("The given project `OpsMantik.Core` has no vulnerable packages\nProject `OpsMantik.Web` has the following vulnerable packages", 0, 1, "OpsMantik.Web")]
    [TestCase("error: Unable to load the service index for source", 1, 0, "NOT CHECKED, the feed does not answer")]
    [TestCase("The given project has no vulnerable packages\nwarning NU1900: Error occurred while getting package vulnerability data", 0, 0, "NOT CHECKED")]
    [TestCase("", 0, 0, "NOT CHECKED")]
    [Platform(Exclude = "Win")]
    public async Task A_known_vulnerability_fails_and_a_silent_feed_is_told(string answer, int code, int exitCode, string said)
    {
        MakeProgram("dotnet", $"cat <<'END'\n{answer}\nEND\nexit {code}");

        var result = await RunAsync(SourceTree.Root, ".ci/vulnerable");

        Assert.That(result.ExitCode, Is.EqualTo(exitCode), result.Output + result.Error);
        Assert.That(result.Output, Does.Contain(said));
    }

    [Test]
    public void The_check_of_a_change_asks_for_vulnerable_packages() =>
        Assert.That(File.ReadAllLines(Path.Combine(SourceTree.Root, ".ci", "run")), Has.Member(".ci/vulnerable"));

    [Test]
    [Platform(Exclude = "Win")]
    public async Task One_command_puts_a_digest_behind_every_image_and_a_newer_one_in_its_place()
    {
        Directory.CreateDirectory(Path.Combine(_folder, ".ci"));
        foreach (var file in new[] { "Dockerfile", "compose.yaml", ".ci/pin-images" })
            File.Copy(Path.Combine(SourceTree.Root, file), Path.Combine(_folder, file));
        var before = Images();

        foreach (var digest in new[] { Digest.Replace('0', 'f'), Digest })
        {
            MakeProgram("docker", $"echo {digest}");
            var result = await RunAsync(_folder, ".ci/pin-images");
            Assert.That(result.ExitCode, Is.Zero, result.Error);
        }

        Assert.That(before, Has.Count.EqualTo(5));
        Assert.That(Images(), Is.EqualTo(before.Select(image => $"{image.Split('@')[0]}@{Digest}")));
        MakeProgram("docker", "echo unauthorized");
        Assert.That((await RunAsync(_folder, ".ci/pin-images")).ExitCode, Is.EqualTo(1));
    }

    private List<string> Images() => [.. new[] { "Dockerfile", "compose.yaml" }
        .SelectMany(file => Image().Matches(File.ReadAllText(Path.Combine(_folder, file))))
        .Select(match => match.Groups["image"].Value)];

    private void MakeProgram(string name, string script)
    {
        var path = Path.Combine(_folder, name);
        File.WriteAllText(path, $"#!/usr/bin/env bash\n{script}\n");
        if (!OperatingSystem.IsWindows())
            File.SetUnixFileMode(path, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
    }

    private Task<Shell.Result> RunAsync(string folder, string script) => Shell.RunAsync(
        folder, script, [], ("PATH", $"{_folder}:{Environment.GetEnvironmentVariable("PATH")}"));

    [GeneratedRegex(@"^ +(- )?uses: (?<action>[\w./-]+)@(?<pin>[0-9a-f]{40} # v[0-9.]+)$")]
    private static partial Regex Pinned();

    [GeneratedRegex(@"^(?:FROM|    image:) (?<image>\S+)", RegexOptions.Multiline)]
    private static partial Regex Image();
}
