using System.Text.RegularExpressions;
using OpsMantik.Functions.Tests.House;
using YamlDotNet.RepresentationModel;

namespace OpsMantik.Functions.Tests.Infra;

internal sealed partial class WorkflowTests
{
    private const string Path = ".github/workflows/worker.yml";

    // What a runner of GitHub's has.
    private static readonly string[] Tools = ["az", "curl"];

    private static readonly YamlMappingNode Jobs = (YamlMappingNode)Yaml.Read(Path)["jobs"];

    [Test]
    public void Every_command_is_a_script_of_ours_or_a_tool_of_the_runners()
    {
        var commands = Jobs.Children.Values
            .SelectMany(job => (YamlSequenceNode)job["steps"])
            .OfType<YamlMappingNode>()
            .Where(step => step.Children.ContainsKey("run"))
            .Select(step => $"{step["run"]}".Split(' ')[0])
            .ToList();
        var scripts = commands.Except(Tools).ToList();

        Assert.That(scripts, Is.EquivalentTo([".ci/run", "infra/package.sh"]));
        Assert.That(scripts.Select(Mode), Is.All.Matches<UnixFileMode>(mode => mode.HasFlag(UnixFileMode.UserExecute)));
    }

    [Test]
    public void Only_what_was_tested_and_packed_is_deployed() => Assert.Multiple(() =>
    {
        Assert.That(((YamlSequenceNode)Jobs["deploy"]["needs"]).Select(need => $"{need}"), Is.EquivalentTo(["test", "package"]));
        Assert.That($"{Jobs["deploy"]["if"]}", Does.Contain("refs/heads/main").And.Contain("!= 'pull_request'"));
    });

    [Test]
    public void The_sign_in_is_federated_and_no_secret_is_named()
    {
        var text = File.ReadAllText(System.IO.Path.Combine(SourceTree.Root, Path));
        var permitted = Jobs.Children
            .Where(job => ((YamlMappingNode)job.Value).Children.TryGetValue("permissions", out var permissions)
                && ((YamlMappingNode)permissions).Children.ContainsKey("id-token"))
            .Select(job => $"{job.Key}");

        Assert.Multiple(() =>
        {
            Assert.That(text, Does.Not.Match(@"\bsecrets\b"));
            Assert.That(permitted, Is.EqualTo(["deploy"]));
            Assert.That(Variable().Matches(text).Select(variable => variable.Groups["name"].Value), Is.All.Not.Contains("SECRET"));
        });
    }

    [Test]
    public void Every_script_that_azd_runs_is_there()
    {
        var hooks = ((YamlMappingNode)Yaml.Read("azure.yaml")["hooks"]).Children.Values
            .SelectMany(hook => $"{hook["run"]}".Split(" && "))
            .ToList();

        Assert.That(hooks, Is.EquivalentTo(["infra/preflight.sh", "infra/secrets.sh", "infra/database.sh", "infra/package.sh"]));
        Assert.That(hooks.Select(Mode), Is.All.Matches<UnixFileMode>(mode => mode.HasFlag(UnixFileMode.UserExecute)));
    }

    /// <summary>The double of the host runs what package.sh packs (PublishedApp), and azd deploys that file, making none of its own.</summary>
    [Test]
    public void Azd_deploys_the_file_that_is_tested()
    {
        var steps = (YamlSequenceNode)Yaml.Read("azure.yaml")["workflows"]["up"]["steps"];
        var script = File.ReadAllText(System.IO.Path.Combine(SourceTree.Root, "infra", "package.sh"));

        Assert.That(steps.Select(step => $"{step["azd"]}"), Is.EqualTo(["provision", "deploy worker --from-package out/worker.zip"]));
        Assert.That(script, Does.Contain("${1:-out/worker.zip}"));
    }

    private static UnixFileMode Mode(string script)
    {
        var path = System.IO.Path.Combine(SourceTree.Root, script);
        Assert.That(path, Does.Exist);
        return OperatingSystem.IsWindows() ? UnixFileMode.UserExecute : File.GetUnixFileMode(path);
    }

    [GeneratedRegex(@"vars\.(?<name>\w+)")]
    private static partial Regex Variable();
}
