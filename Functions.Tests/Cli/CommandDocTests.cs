using System.CommandLine;
using System.Text.RegularExpressions;
using OpsMantik.Cli;
using OpsMantik.Functions.Tests.House;

namespace OpsMantik.Functions.Tests.Cli;

/// <summary>The table of commands in the documents is what the commands say of themselves.</summary>
public sealed partial class CommandDocTests
{
    private static readonly RootCommand Line = CommandTree.Create(TimeProvider.System);

    [Test]
    public void The_table_of_commands_is_what_the_commands_say()
    {
        var path = Path.Combine(SourceTree.Root, "docs", "commands.md");
        if (Environment.GetEnvironmentVariable("UPDATE_DOCS") == "1")
            File.WriteAllText(path, Write());

        Assert.That(File.ReadAllText(path), Is.EqualTo(Write()), "run this test with UPDATE_DOCS=1");
    }

    [Test]
    public void Whoever_is_asked_for_a_yes_is_told_what_a_no_ends_in() => Assert.That(
        LeavesOf(Line).Where(leaf => leaf.Options.Any(option => option.Name == "--yes") && !leaf.Description!.Contains("you answered no", StringComparison.Ordinal)),
        Is.Empty);

    [TestCaseSource(nameof(Names))]
    public void Every_help_fits_80_columns(string name)
    {
        using var output = new StringWriter();
        Line.Parse($"{name} --help").Invoke(new InvocationConfiguration { Output = output });

        Assert.That(output.ToString().Split('\n').Where(line => line.TrimEnd().Length > 80), Is.Empty);
    }

    private static string Write() => string.Join('\n',
    [
        "# Commands",
        "",
        "For operators. Each command tells what it does, its options and examples with `--help`; how to work with them: [runbook.md](runbook.md). A test",
        "writes this table from the commands.",
        "",
        "| Exit code | Meaning |",
        "|---|---|",
        .. ExitCodes.Meanings.Select(meaning => $"| {meaning.Code} | {meaning.Meaning} |"),
        "",
        "An error is one message on standard error; its last line, `Next:`, is the command to type next. With `--json` standard output holds one",
        "JSON document, and everything for people is on standard error.",
        "",
        "| Command | Exit code 1 when | `--json` |",
        "|---|---|---|",
        .. LeavesOf(Line).OrderBy(NameOf, StringComparer.Ordinal).Select(leaf =>
            $"| `{NameOf(leaf)}` | {FailureOf(leaf)} | {(leaf.Options.Any(option => option.Name == "--json") ? "yes" : "no")} |"),
        "",
    ]);

    private static string FailureOf(Command leaf) =>
        Failure().Match(leaf.Description!) is { Success: true } told ? told.Groups["when"].Value : "-";

    private static IEnumerable<string> Names => CommandsOf(Line).Select(NameOf);

    private static IEnumerable<Command> CommandsOf(Command command) => command.Subcommands.SelectMany(CommandsOf).Prepend(command);

    private static IEnumerable<Command> LeavesOf(Command command) => CommandsOf(command).Where(each => each.Subcommands.Count == 0);

    private static string NameOf(Command command) =>
        string.Join(' ', command.Parents.OfType<Command>().Reverse().Append(command).Where(each => each is not RootCommand).Select(each => each.Name));

    [GeneratedRegex(@"Exit code 1 when (?<when>.+?)(, 2 when .*)?\.( |$)")]
    private static partial Regex Failure();
}
