using System.Text.Json;
using OpsMantik.Functions.Tests.Scenarios;
using OpsMantik.Functions.Tests.Support;

namespace OpsMantik.Functions.Tests.Cli;

internal sealed class StatusProcessTests : Scenario
{
    [Test]
    public async Task Status_names_backlog_circuits_failures_with_their_meaning_and_the_last_runs()
    {
        var (well, revoked) = (await AddSiteAsync(1), await AddSiteAsync(2, "CANARY-revoked"));
        await Database.EnqueueAsync(well, 2);
        await Database.EnqueueAsync(revoked, 3);
        await CliProcess.RunAsync(Database.OperatorConnectionString, ["upload", "run"], Worker.Settings(Google));
        await Database.EnqueueAsync(well, 4, "later");
        await Database.SetCircuitAsync(well, "OPEN", "now() + interval '3 minutes'", 5);

        var words = await RunAsync("status");
        var json = await RunAsync("status", "--json");
        var one = await RunAsync("status", "--site", $"{revoked}");
        var other = await RunAsync("status", "--site", $"{well}", "--json");

        Assert.That((one.ExitCode, other.ExitCode), Is.EqualTo((1, 0)), "the other one's circuit has just opened");
        Assert.That(one.Output, Does.Contain("needs       credentials refused: INVALID_GRANT").And.Contain("listed      3 FAILED INVALID_GRANT, as opsmantik row show "));
        var command = $"opsmantik credentials connect --site {$"{revoked}"[..8]} --requeue";
        Assert.That(one.Output, Does.Contain($"next        {command}\n"));
        Assert.That(words.Output, Does.Contain($"Next: {command} (site owner)\n"));
        Assert.That(one.Output, Does.Contain("0 waiting").And.Contain("batch ").And.Not.Contain($"{well}"));
        Assert.That(JsonDocument.Parse(other.Output).RootElement.GetProperty("site").GetProperty("waiting").GetInt64(), Is.EqualTo(4));
        Assert.That((words.ExitCode, json.ExitCode), Is.EqualTo((1, 1)), "a site needs a person");
        Assert.That(words.Output, Does.Contain("4 waiting, the oldest for 24 h"));
        Assert.That(words.Output, Does.Match($"{revoked}.*credentials refused: INVALID_GRANT"));
        Assert.That(words.Output, Does.Match($"{well}.*OPEN.*5"));
        Assert.That(words.Output, Does.Contain("3  AUTH  INVALID_GRANT  (1 site): ").And.Contain("site owner: "));
        Assert.That(words.Output, Does.Match(@"Last good runs: upload \d+ s ago"));
        using var document = JsonDocument.Parse(json.Output);
        var failure = document.RootElement.GetProperty("failures_last_hour")[0];
        Assert.That(failure.GetProperty("rows").GetInt64(), Is.EqualTo(3));
        Assert.That(failure.GetProperty("who").GetString(), Is.EqualTo("site owner"));
        Assert.That(document.RootElement.GetProperty("sites")[0].GetProperty("need").GetString(), Is.EqualTo("credentials refused"));
        Assert.That(
            document.RootElement.GetProperty("sites")[0].GetProperty("command").GetString(), Is.EqualTo($"opsmantik credentials connect --site {revoked} --requeue"));
        Assert.That(document.RootElement.GetProperty("circuits")[0].GetProperty("failure_count").GetInt32(), Is.EqualTo(5));
    }

    [Test]
    public async Task An_empty_queue_is_well()
    {
        var (exitCode, output, error) = await RunAsync("status");

        Assert.That(exitCode, Is.Zero, error);
        Assert.That(output, Does.Contain("No site has had a row yet").And.Contain("All circuits are CLOSED."));
    }

    [Test]
    public async Task Watching_shows_it_again_and_again_until_it_is_stopped()
    {
        using var watching = CliProcess.Start(
            Database.OperatorConnectionString, ["status", "--watch", "--every", "1", "--json"]);
        var first = await watching.StandardOutput.ReadLineAsync();
        var second = await watching.StandardOutput.ReadLineAsync();
        using var told = System.Diagnostics.Process.Start("kill", ["-INT", $"{watching.Id}"]);
        await watching.WaitForExitAsync().WaitAsync(TimeSpan.FromSeconds(60));

        Assert.That(watching.ExitCode, Is.EqualTo(130));
        Assert.That(TakenAt(second), Is.GreaterThan(TakenAt(first)));
    }

    [Test]
    public async Task A_row_is_shown_with_its_meaning()
    {
        var site = await AddSiteAsync(1, "CANARY-revoked");
        var row = (await Database.EnqueueAsync(site)).Single();
        await CliProcess.RunAsync(Database.OperatorConnectionString, ["upload", "run"], Worker.Settings(Google));

        var shown = await RunAsync("row", "show", $"{row}");
        var unknown = await RunAsync("row", "show", $"{site}");

        Assert.That(shown.ExitCode, Is.EqualTo(1), shown.Error);
        Assert.That(shown.Output, Does.Contain("INVALID_GRANT (AUTH)").And.Contain("meaning").And.Contain("(site owner)"));
        Assert.That(unknown.ExitCode, Is.EqualTo(2));
        Assert.That(unknown.Error, Does.Contain("No row of the queue"));
    }

    private static DateTime TakenAt(string? line)
    {
        using var json = JsonDocument.Parse(line!);
        return json.RootElement.GetProperty("taken_at").GetDateTime();
    }

    private Task<(int ExitCode, string Output, string Error)> RunAsync(params string[] arguments) =>
        CliProcess.RunAsync(Database.OperatorConnectionString, arguments);
}
