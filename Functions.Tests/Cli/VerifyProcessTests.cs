using System.Text.Json;
using OpsMantik.Functions.Tests.Scenarios;
using OpsMantik.Functions.Tests.Support;

namespace OpsMantik.Functions.Tests.Cli;

internal sealed class VerifyProcessTests : Scenario
{
    [Test]
    public async Task It_says_in_plain_words_whether_google_would_take_an_upload()
    {
        var (well, revoked) = (await AddSiteAsync(1), await AddSiteAsync(2, "CANARY-revoked"));

        var works = await VerifyAsync(well);
        var refused = await VerifyAsync(revoked);
        var json = await VerifyAsync(revoked, "--json");
        var none = await VerifyAsync(await Database.AddSiteAsync());

        Assert.That((works.ExitCode, refused.ExitCode, json.ExitCode, none.ExitCode), Is.EqualTo((0, 1, 1, 2)));
        Assert.That(works.Output, Does.StartWith("credentials  ok\ntoken        ok\ncall         ok\n"));
        Assert.That(
            refused.Output,
            Does.StartWith("credentials  ok\ntoken        refused\nINVALID_GRANT: Google refuses the site's credentials (invalid_grant)")
                .And.Contain("(site owner)"));
        using var document = JsonDocument.Parse(json.Output);
        Assert.That(document.RootElement.GetProperty("category").GetString(), Is.EqualTo("AUTH"));
        Assert.That(none.Error, Does.Contain("opsmantik credentials set"));
        Canary.AssertAbsent("what it prints", [works.Output, works.Error, refused.Output, refused.Error, json.Output]);
    }

    private Task<(int ExitCode, string Output, string Error)> VerifyAsync(Guid site, params string[] more) =>
        CliProcess.RunAsync(
            Database.WorkerConnectionString, ["credentials", "verify", "--site", $"{site}", .. more], Worker.Settings(Google));
}
