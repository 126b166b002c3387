using System.Text.Json;
using OpsMantik.Functions.Tests.Scenarios;
using OpsMantik.Functions.Tests.Support;
using OpsMantik.Local.GoogleEmulator;
using OpsMantik.Local.GoogleEmulator.GoogleAds;

namespace OpsMantik.Functions.Tests.Cli;

/// <summary><c>opsmantik reconcile</c> and what <c>status</c> makes of it, as an operator types them.</summary>
internal sealed class ReconcileProcessTests : Scenario
{
    [Test]
    public async Task Fewer_counted_is_shown_with_its_share_its_reason_and_who_must_act()
    {
        var (well, lacking) = (await AddSiteAsync(1), await AddSiteAsync(2));
        Google.SetAccount(CustomerId(2), new AdsAccount { Summaries = new SummaryDeviation { Uncounted = 10, Error = "INVALID_CONVERSION_ACTION_TYPE" } });
        await Database.EnqueueAsync(well, 20);
        await Database.EnqueueAsync(lacking, 80);
        await RunAsync("upload", "run");

        var all = await RunAsync("reconcile");
        var one = await RunAsync("reconcile", "--site", $"{lacking}");
        var good = await RunAsync("reconcile", "--site", $"{well}");
        var calls = Google.SearchCalls.Count;
        var json = await RunAsync("reconcile", "--stored", "--days", "7", "--json");
        var status = await RunAsync("status", "--json");

        Assert.That((all.ExitCode, one.ExitCode, good.ExitCode, json.ExitCode), Is.EqualTo((1, 1, 0, 1)), all.Error + one.Error + good.Error);
        Assert.That(all.Output, Does.Match($"{lacking}.*80.*70.*87.5.*10 fewer: INVALID_CONVERSION_ACTION_TYPE"));
        Assert.That(all.Output, Does.Match($"{well}.*20.*20.*100.0.*agrees"));
        Assert.That(one.Output, Does.Contain("counted     70 (87.5 %), 0 pending"));
        Assert.That(one.Output, Does.Contain("site owner  Create or enable"));
        Assert.That(one.Output, Does.Contain("  accepted  ").And.Contain("█").And.Contain("80 accepted, 70 counted, 10 failed"));
        Assert.That(one.Output, Does.Contain("456 \"Phone sale\", GOOGLE_ADS_API, NEEDS_ATTENTION: 70 of 80 counted"));
        Assert.That(Google.SearchCalls, Has.Count.EqualTo(calls), "--stored asks nobody");
        using var document = JsonDocument.Parse(json.Output);
        var first = document.RootElement.GetProperty("sites")[0];
        Assert.That(first.GetProperty("site_id").GetGuid(), Is.EqualTo(lacking), "who needs a person comes first");
        Assert.That(first.GetProperty("verdict").GetString(), Is.EqualTo("fewer"));
        Assert.That(first.GetProperty("missing").GetInt64(), Is.EqualTo(10));
        Assert.That(first.GetProperty("who").GetString(), Is.EqualTo("site owner"));
        Assert.That(first.GetProperty("days").EnumerateArray().Last().GetProperty("counted").GetInt64(), Is.EqualTo(70));
        Assert.That(status.ExitCode, Is.EqualTo(1));
        using var report = JsonDocument.Parse(status.Output);
        var need = report.RootElement.GetProperty("sites").EnumerateArray().Single(site => site.GetProperty("need").ValueKind == JsonValueKind.String);
        Assert.That(need.GetProperty("site_id").GetGuid(), Is.EqualTo(lacking));
        Assert.That(need.GetProperty("need").GetString(), Is.EqualTo("Google counted fewer"));
        Assert.That(need.GetProperty("cause").GetString(), Is.EqualTo("INVALID_CONVERSION_ACTION_TYPE"));
    }

    [Test]
    public async Task What_cannot_be_compared_says_why()
    {
        var site = await AddSiteAsync(1);
        Google.SetBehaviour(CustomerId(1), CallBehaviour.Forbidden, CallTarget.Search);

        var refused = await RunAsync("reconcile", "--site", $"{site}");
        var none = await RunAsync("reconcile", "--site", $"{Guid.NewGuid()}");
        var wrong = await RunAsync("reconcile", "--days", "91");

        Assert.That(refused.ExitCode, Is.EqualTo(1), refused.Error);
        Assert.That(refused.Output, Does.Contain("not comparable: no permission (USER_PERMISSION_DENIED)"));
        Assert.That((none.ExitCode, wrong.ExitCode), Is.EqualTo((2, 2)));
        Assert.That(none.Error, Does.Contain("no active credentials"));
        Assert.That(wrong.Error, Does.Contain("1 to 90"));
    }

    private Task<(int ExitCode, string Output, string Error)> RunAsync(params string[] arguments)
    {
        var settings = Worker.Settings(Google);
        settings["Reconcile:SettleAfter"] = "00:00:00";
        return CliProcess.RunAsync(Database.OperatorConnectionString, arguments, settings);
    }
}
