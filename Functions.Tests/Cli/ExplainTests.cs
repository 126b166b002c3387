using System.Text.Json;
using OpsMantik.Cli;
using OpsMantik.Core;

namespace OpsMantik.Functions.Tests.Cli;

/// <summary>What an error code means, on a terminal.</summary>
internal sealed class ExplainTests
{
    [TestCase("invalid_grant", "INVALID_GRANT")]
    [TestCase("HTTP_503", "HTTP_503")]
    [TestCase("AUTH", "AUTH")]
    public async Task A_code_is_explained_as_the_document_does_without_a_database(string typed, string code)
    {
        var meaning = ErrorMeanings.Find(code) ?? ErrorMeanings.Categories.Single(category => category.Code == code);

        var words = await CliProcess.RunAsync("explain", typed);
        var document = await CliProcess.RunAsync("explain", typed, "--json");

        Assert.That(words.ExitCode, Is.Zero, words.Error);
        Assert.That(words.Output, Does.StartWith($"{code} (").And.Contain(meaning.Meaning).And.Contain(meaning.Action));
        using var json = JsonDocument.Parse(document.Output);
        Assert.That(json.RootElement.GetProperty("action").GetString(), Is.EqualTo(meaning.Action));
    }

    [Test]
    public async Task An_unknown_code_is_told_the_likest_and_what_to_type()
    {
        var (exitCode, output, error) = await CliProcess.RunAsync("explain", "INVALID_GRAMT");

        Assert.That((exitCode, output), Is.EqualTo((2, "")));
        Assert.That(error, Does.StartWith("There is no code 'INVALID_GRAMT'. Do you mean INVALID_GRANT, "));
        Assert.That(error.TrimEnd(), Does.EndWith("\nNext: opsmantik explain INVALID_GRANT"));
    }

    [Test]
    public void Every_code_of_the_table_is_its_own_likest() => Assert.That(
        ErrorMeanings.All.Select(meaning => meaning.Code).Where(code => !code.EndsWith('*') && ExplainCommand.FindLike(code)[0] != code),
        Is.Empty);
}
