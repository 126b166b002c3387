using System.Text.RegularExpressions;
using OpsMantik.Functions.Tests.House;
using OpsMantik.Reliability;

namespace OpsMantik.Functions.Tests.Reliability;

/// <summary>docs/reliability.md against the command line it describes.</summary>
internal sealed partial class ProofCommandTests
{
    private static readonly string Document = File.ReadAllText(Path.Combine(SourceTree.Root, "docs", "reliability.md"));

    private static IEnumerable<string> Documented => Command().Matches(Document)
        // What is in brackets may be left out.
        .Select(match => match.Groups["arguments"].Value.Replace("[", "").Replace("]", "").Trim());

    [TestCaseSource(nameof(Documented))]
    public void A_documented_command_is_one(string arguments) =>
        Assert.That(ProofCommands.Create().Parse(arguments).Errors.Select(error => error.Message), Is.Empty);

    [Test]
    public void Every_command_is_documented() => Assert.That(
        ProofCommands.Create().Subcommands.Select(command => command.Name),
        Is.EquivalentTo(Documented.Select(arguments => arguments.Split(' ')[0]).Distinct()));

    [Test]
    public void Figures_are_figures() => Assert.That(Document, Does.Not.Match(@"(?m)\(figures of|^FIGURES"));

    [GeneratedRegex("^dotnet run -c Release --project Reliability -- (?<arguments>[^#\n]+)", RegexOptions.Multiline)]
    private static partial Regex Command();
}
