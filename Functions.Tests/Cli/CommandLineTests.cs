using System.CommandLine;
using OpsMantik.Cli;
using OpsMantik.Functions.Tests.House;

namespace OpsMantik.Functions.Tests.Cli;

/// <summary>What holds for every command: asked of the command line itself.</summary>
public class CommandLineTests
{
    private static readonly RootCommand Line = CommandTree.Create(TimeProvider.System);

    private static IEnumerable<Command> Leaves => LeavesOf(Line);

    [TestCaseSource(nameof(LeafNames))]
    public void Every_command_has_examples_that_parse_and_json(string name)
    {
        var command = Leaves.Single(leaf => NameOf(leaf) == name);

        Assert.That(command, Is.InstanceOf<CommandWithExamples>());
        foreach (var example in ((CommandWithExamples)command).Examples)
            Assert.That(ParseFaults(example), Is.Empty, example);
        // Completion prints a script, serve a log, and health the worker's own JSON.
        Assert.That(command.Options.Any(option => option.Name == "--json") || name is "completion" or "serve" or "health", "no --json");
    }

    [TestCaseSource(nameof(LeafNames))]
    public void Every_help_tells_examples_and_exit_codes(string name)
    {
        using var output = new StringWriter();

        var exitCode = Line.Parse($"{name} --help").Invoke(new InvocationConfiguration { Output = output });

        Assert.That(exitCode, Is.Zero);
        Assert.That(output.ToString(), Does.Contain("Examples:\n").And.Contain("Exit codes:\n  0    Done"));
    }

    [TestCaseSource(nameof(NamesWithProvider))]
    public void A_provider_that_the_worker_lacks_is_refused_with_those_it_has(string name)
    {
        Assert.That(
            Line.Parse($"{name} --provider meta").Errors.Select(error => error.Message),
            Does.Contain("--provider must be one of: google_ads"));
        Assert.That(
            Line.Parse($"{name} --provider google_ads").Errors.Select(error => error.Message),
            Has.None.Contains("--provider"));
    }

    [TestCase("sale cancel 12", "<id>: an id, as 11111111-1111-1111-1111-111111111111, not '12'.")]
    [TestCase("upload run --limit abc", "--limit: a whole number, not 'abc'.")]
    [TestCase("requeue --all-sites --since yesterday", "--since: a time, as 2026-11-24T08:00Z, not 'yesterday'.")]
    public void What_cannot_be_read_is_told_its_form_and_no_type(string typed, string said)
    {
        Assert.That(Line.Parse(typed).Errors.Select(error => error.Message), Is.EqualTo((string[])[said]));
    }

    [TestCase("demo --once", "demo.env", "--once and --env-file do not go together")]
    [TestCase("demo", "no-such-folder/demo.env", "--env-file: there is no folder")]
    [TestCase("demo", "opsmantik.dll", "is there already")]
    public void What_keeps_the_demo_from_writing_its_settings_is_said_before_it_starts(string typed, string file, string said)
    {
        var path = Path.Combine(AppContext.BaseDirectory, file);

        var faults = Line.Parse([.. typed.Split(' '), "--env-file", path]).Errors.Select(error => error.Message).ToList();

        Assert.That(faults, Has.Count.EqualTo(1));
        Assert.That(faults[0], Does.Contain(said));
    }

    [Test]
    public void Whoever_changes_something_by_hand_can_say_who_they_are()
    {
        string[] looks =
        [
            "demo", "serve", "health", "status", "row show", "preview", "credentials show", "credentials list", "credentials verify",
            "circuit show", "reconcile", "explain", "doctor", "alerts test", "completion",
        ];

        Assert.That(
            Leaves.Where(leaf => leaf.Options.All(option => option.Name != "--as")).Select(NameOf),
            Is.EquivalentTo(looks));
    }

    [Test]
    public void Every_command_line_of_the_documents_can_be_typed()
    {
        var files = Directory.GetFiles(Path.Combine(SourceTree.Root, "docs"), "*.md")
            .Append(Path.Combine(SourceTree.Root, "README.md"));
        var lines = files
            .SelectMany(File.ReadLines)
            .Select(line => line.TrimStart(' ', '$'))
            .Where(line => line.StartsWith("opsmantik ", StringComparison.Ordinal))
            .Distinct()
            .ToList();

        Assert.That(lines, Has.Count.GreaterThan(10));
        Assert.Multiple(() =>
        {
            foreach (var line in lines)
                Assert.That(ParseFaults(line), Is.Empty, line);
        });
    }

    private static IEnumerable<string> NamesWithProvider =>
        Leaves.Where(leaf => leaf.Options.Any(option => option.Name == "--provider")).Select(NameOf);

    private static IEnumerable<string> LeafNames => Leaves.Select(NameOf);

    private static IEnumerable<Command> LeavesOf(Command command) =>
        command.Subcommands.Count == 0 ? [command] : command.Subcommands.SelectMany(LeavesOf);

    private static string NameOf(Command command) =>
        string.Join(' ', command.Parents.OfType<Command>().Where(parent => parent is not RootCommand)
            .Select(parent => parent.Name).Append(command.Name));

    // Only the part that is ours: a pipe, a redirection and a comment are the shell's.
    private static IEnumerable<string> ParseFaults(string typed)
    {
        var start = typed.IndexOf("opsmantik ", StringComparison.Ordinal);
        var own = start >= 0
            ? typed[(start + "opsmantik ".Length)..]
            : typed.Replace("dotnet run --project Cli -- ", "", StringComparison.Ordinal);
        own = own.Split([" | ", " > ", " #", ")"], StringSplitOptions.None)[0];
        foreach (var variable in new[] { "$site", "$revoked", "$cafe", "$dental", "$garage", "$sale", "<site uuid>" })
            own = own.Replace(variable, "11111111-1111-1111-1111-111111111111", StringComparison.Ordinal);
        return Line.Parse(own.Trim()).Errors.Select(error => error.Message);
    }
}
