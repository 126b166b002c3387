using System.Reflection;
using System.Text.RegularExpressions;
using OpsMantik.Functions.Tests.House;

namespace OpsMantik.Functions.Tests.FieldReports;

/// <summary>docs/field-reports.md against the test cases of this folder: each names its report in its first argument.</summary>
public partial class FieldReportsDocTests
{
    private static readonly string[] Lines = [.. File
        .ReadAllLines(Path.Combine(SourceTree.Root, "docs", "field-reports.md"))
        .Where(line => line.Contains(" | ", StringComparison.Ordinal))
        .Skip(1)];

    private static readonly string[] Tried = [.. typeof(FieldReportsDocTests).Assembly.GetTypes()
        .Where(type => type.Namespace == typeof(FieldReportsDocTests).Namespace)
        .SelectMany(type => type.GetMethods())
        .SelectMany(method => method.GetCustomAttributes<TestCaseAttribute>())
        .Select(testCase => testCase.Arguments[0])
        .OfType<string>()
        .Distinct()];

    [Test]
    public void Every_report_of_the_document_is_a_test_case_and_the_reverse()
    {
        var told = Lines.SelectMany(line => line.Split('|')[2].Split(' ', StringSplitOptions.RemoveEmptyEntries)).ToList();

        Assert.Multiple(() =>
        {
            Assert.That(told, Is.Unique.And.EquivalentTo(Tried));
            Assert.That(told, Is.All.Matches<string>(report => Reference().IsMatch(report)));
        });
    }

    [Test]
    public void Each_line_says_what_people_met_where_and_what_we_do() => Assert.Multiple(() =>
    {
        Assert.That(Lines, Has.Length.GreaterThanOrEqualTo(30));
        Assert.That(Lines.Select(line => line.Split(" | ").Length), Is.All.EqualTo(3));
    });

    // An issue or a pull request of a public repository, or a page of Google's own help.
    [GeneratedRegex(@"^([\w.-]+/[\w.-]+#[0-9]+|support\.google\.com/[\w/-]+)\z")]
    private static partial Regex Reference();
}
