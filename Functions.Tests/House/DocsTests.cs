using System.Text.RegularExpressions;
using OpsMantik.Functions.Tests.Infra;
using YamlDotNet.RepresentationModel;

namespace OpsMantik.Functions.Tests.House;

/// <summary>What the documents name must be there.</summary>
public partial class DocsTests
{
    private static readonly string[] Documents =
        ["README.md", "CONTRIBUTING.md", "SECURITY.md", ".github/PULL_REQUEST_TEMPLATE.md", .. Directory.GetFiles(Path.Combine(SourceTree.Root, "docs"), "*.md")
            .Select(path => $"docs/{Path.GetFileName(path)}").Order()];

    private static readonly string Migrations = string.Concat(Directory
        .GetFiles(Path.Combine(SourceTree.Root, "Core", "Database", "Migrations"), "*.sql")
        .Select(File.ReadAllText));

    [TestCaseSource(nameof(Documents))]
    public void Every_relative_link_leads_somewhere(string document)
    {
        var links = Link().Matches(Read(document)).Select(link => link.Groups["target"].Value).ToList();
        var dead = links
            .Where(target => !target.StartsWith("https://", StringComparison.Ordinal))
            .Where(target => !Exists(document, target));

        Assert.Multiple(() =>
        {
            Assert.That(links, Is.Not.Empty);
            Assert.That(dead, Is.Empty);
        });
    }

    [Test]
    public void Every_function_that_the_runbook_names_is_in_the_schema()
    {
        var calls = CalledFunction().Matches(Read("docs/runbook.md"));
        var named = calls.Select(call => call.Groups["name"].Value).ToList();

        Assert.That(named, Is.Not.Empty.And.All.Matches<string>(name =>
            Migrations.Contains($"create or replace function public.{name}(", StringComparison.Ordinal)
            || Migrations.Contains($"create function public.{name}(", StringComparison.Ordinal)));
    }

    /// <summary>A promise whose test is gone is none.</summary>
    [Test]
    public void Every_test_that_the_security_document_names_is_there()
    {
        var named = TestName().Matches(Read("docs/security.md")).Select(name => name.Value).Distinct().ToList();

        Assert.That(named, Has.Count.GreaterThan(10));
        Assert.That(
            typeof(DocsTests).Assembly.GetTypes().Select(type => type.Name).ToHashSet(), Is.SupersetOf(named));
    }

    [Test]
    public void Every_issue_form_has_what_the_form_needs()
    {
        string[] types = ["markdown", "input", "textarea", "dropdown"];
        var forms = Directory.GetFiles(Path.Combine(SourceTree.Root, ".github", "ISSUE_TEMPLATE"), "*.yml").Select(Yaml.Read).ToList();

        Assert.That(forms, Has.Count.EqualTo(2));
        Assert.Multiple(() =>
        {
            foreach (var form in forms)
            {
                Assert.That(form.Children.Keys.Select(key => $"{key}"), Is.SupersetOf(new[] { "name", "description", "body" }));
                Assert.That(((YamlSequenceNode)form["body"]).Select(field => $"{field["type"]}").Distinct(), Is.Not.Empty.And.SubsetOf(types));
            }
        });
    }

    private static string Read(string path) => File.ReadAllText(Path.Combine(SourceTree.Root, path));

    private static bool Exists(string document, string target)
    {
        var parts = target.Split('#', 2);
        var file = parts[0].Length == 0
            ? Path.Combine(SourceTree.Root, document)
            : Path.GetFullPath(Path.Combine(SourceTree.Root, Path.GetDirectoryName(document)!, parts[0]));
        if (parts.Length == 1)
            return File.Exists(file) || Directory.Exists(file);
        return File.Exists(file)
            && Heading().Matches(File.ReadAllText(file)).Any(heading => Anchor(heading) == parts[1]);
    }

    // As GitHub makes them: lower case, spaces to dashes, punctuation gone.
    private static string Anchor(Match heading) => Punctuation()
        .Replace(heading.Groups["text"].Value.Trim().ToLowerInvariant(), "")
        .Replace(' ', '-');

    [GeneratedRegex(@"\b[A-Z]\w+Tests\b")]
    private static partial Regex TestName();

    [GeneratedRegex(@"\]\((?<target>[^)\s]+)\)")]
    private static partial Regex Link();

    [GeneratedRegex(@"`(?<name>\w+)\(\)`")]
    private static partial Regex CalledFunction();

    [GeneratedRegex("^#+ (?<text>.+)$", RegexOptions.Multiline)]
    private static partial Regex Heading();

    [GeneratedRegex(@"[^\w\- ]")]
    private static partial Regex Punctuation();
}
