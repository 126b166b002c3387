namespace OpsMantik.Functions.Tests.House;

/// <summary>What the design promises of the house itself.</summary>
public class HouseRuleTests
{
    // A program's entry point, and what NUnit wants of an assembly.
    private static readonly string[] Short = ["Benchmarks/Program.cs", "Functions.Tests/AssemblyInfo.cs", "Reliability/Program.cs"];

    [TestCase(false, TestName = "Files outside the tests hold a concept each")]
    [TestCase(true, TestName = "Files of the tests hold a concept each")]
    public void Files_hold_a_concept_each(bool tests)
    {
        var files = SourceTree.CSharp.Where(file => file.Key.StartsWith("Functions.Tests/", StringComparison.Ordinal) == tests).ToList();
        var lengths = files.Select(file => file.Value.Length).Order().ToArray();
        var longest = files.MaxBy(file => file.Value.Length);

        Assert.Multiple(() =>
        {
            // About 400, and what came since: connecting an account, webhooks, comparing commits.
            Assert.That(lengths, Has.Length.LessThanOrEqualTo(425), "files");
            Assert.That(lengths[lengths.Length / 2], Is.InRange(60, 100), "median");
            Assert.That(lengths[lengths.Length * 9 / 10], Is.LessThan(250), "nine of ten");
            Assert.That(longest.Value, Has.Length.LessThanOrEqualTo(500), longest.Key);
            Assert.That(files.Where(file => file.Value.Length <= 10).Select(file => file.Key), Is.SubsetOf(Short), "ten lines or fewer");
        });
    }

    [Test]
    public void The_function_app_is_read_in_five_minutes()
    {
        var lines = SourceTree.CSharp.Where(file => file.Key.StartsWith("Functions/", StringComparison.Ordinal)).Sum(file => file.Value.Length);

        Assert.That(lines, Is.InRange(1, 300));
    }

    [Test]
    public void Nothing_tells_of_another_form_of_the_function_app()
    {
        string[] words = ["Custom" + "Handler", "custom" + " handler", "Functions" + "Host=", "fla" + "vour"];
        var files = new[] { "docs", "infra", ".github" }
            .SelectMany(folder => Directory.GetFiles(Path.Combine(SourceTree.Root, folder), "*", SearchOption.AllDirectories))
            .Concat(new[] { "README.md", "Functions/host.json", "Dockerfile", "azure.yaml", "Directory.Packages.props" }.Select(file => Path.Combine(SourceTree.Root, file)))
            // Why there was one, and is no more.
            .Where(file => Path.GetFileName(file) != "decisions.md")
            .Select(file => (Name: file, Text: File.ReadAllText(file)))
            .Concat(SourceTree.CSharp.Select(file => (Name: file.Key, Text: string.Join('\n', file.Value))));

        Assert.That(
            files.Where(file => words.Any(word => file.Text.Contains(word, StringComparison.OrdinalIgnoreCase))).Select(file => file.Name),
            Is.Empty);
    }
}
