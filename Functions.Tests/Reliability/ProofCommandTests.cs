using System.Text.RegularExpressions;
using OpsMantik.Functions.Tests.House;
using OpsMantik.Reliability;
using OpsMantik.Reliability.Faults;

namespace OpsMantik.Functions.Tests.Reliability;

/// <summary>docs/reliability.md against the command line it describes.</summary>
internal sealed partial class ProofCommandTests
{
    private static readonly string Document = File.ReadAllText(Path.Combine(SourceTree.Root, "docs", "reliability.md"));

    private static IEnumerable<string> Documented => Command().Matches(Document)
        // What is in brackets may be left out, and "text" stands for a part of a name.
        .Select(match => match.Groups["arguments"].Value.Replace("[", "").Replace("]", "").Replace("--only text", "--only e").Trim());

    [TestCaseSource(nameof(Documented))]
    public void A_documented_command_is_one(string arguments) =>
        Assert.That(ProofCommands.Create().Parse(arguments).Errors.Select(error => error.Message), Is.Empty);

    [Test]
    public void Every_command_is_documented() => Assert.That(
        ProofCommands.Create().Subcommands.Select(command => command.Name),
        Is.EquivalentTo(Documented.Select(arguments => arguments.Split(' ')[0]).Distinct()));

    [TestCase("faults --times 1 --only nosuchfault", "nosuchfault")]
    [TestCase("kills --only nosuchpoint", "nosuchpoint")]
    [TestCase("breakages --only nosuchthing", "nosuchthing")]
    [TestCase("faults --times 0", "--times must be at least 1.")]
    [TestCase("kills --count -1", "--count must be at least 1.")]
    [TestCase("simulate --seeds 0", "--seeds must be at least 1.")]
    [TestCase("fuzz --requests 0", "--requests must be at least 1.")]
    [TestCase("rows --rows 0", "--rows must be at least 1.")]
    [TestCase("load --rows 0", "--rows must be at least 1.")]
    public void A_proof_of_nothing_is_refused_in_one_line(string arguments, string told)
    {
        var errors = ProofCommands.Create().Parse(arguments).Errors;

        Assert.That(errors.Select(error => error.Message), Is.EqualTo(new[] { errors[0].Message }).And.All.Contains(told));
        Assert.That(errors[0].Message, Does.Not.Contain('\n'));
    }

    [Test]
    public void Who_asks_for_none_that_there_is_hears_which_there_are() => Assert.That(
        ProofCommands.Create().Parse("faults --only nosuchfault").Errors[0].Message,
        Does.Contain(FaultProof.All[0].Name).And.Contain(FaultProof.All[^1].Name));

    [Test]
    public void Figures_are_figures() => Assert.That(Document, Does.Not.Match(@"(?m)\(figures of|^FIGURES"));

    [GeneratedRegex(@"^\$proof (?<arguments>[^#\n]+)", RegexOptions.Multiline)]
    private static partial Regex Command();
}
