using System.Text.Json;
using OpsMantik.Functions.Tests.Scenarios;
using OpsMantik.Functions.Tests.Support;

namespace OpsMantik.Functions.Tests.Cli;

/// <summary>The operator's commands as an operator types them, on the worker's own login.</summary>
internal sealed class OperatorProcessTests : Scenario
{
    [Test]
    public async Task Requeue_shows_asks_for_a_yes_and_then_does_it()
    {
        var site = await AddSiteAsync(1);
        await FailAsync(site, 3);

        var asked = await RunAsync("requeue", "--site", $"{site}");
        Assert.That(asked.ExitCode, Is.EqualTo(2), asked.Output);
        Assert.That(asked.Error, Does.Contain("--yes"));
        Assert.That(asked.Output, Does.Contain("3  FAILED  AUTH  INVALID_GRANT"));
        Assert.That(await RowsAsync(site), Is.EqualTo("FAILED/INVALID_GRANT:3"));

        var done = await RunAsync("requeue", "--site", $"{site}", "--yes", "--json", "--as", "ops@example");
        Assert.That(done.ExitCode, Is.Zero, done.Error);
        using var json = JsonDocument.Parse(done.Output);
        Assert.That(json.RootElement.GetProperty("requeued").GetInt64(), Is.EqualTo(3));
        Assert.That(await RowsAsync(site), Is.EqualTo("QUEUED:3"));
        Assert.That(await Database.ScalarAsync<string>("select actor from operator_audit"), Is.EqualTo("ops@example"));
    }

    [TestCase("requeue", "Say whose rows")]
    [TestCase("requeue --all-sites --include-completed", "--sale")]
    [TestCase("requeue --all-sites --status COMPLETED", "COMPLETED")]
    [TestCase("requeue --all-sites --category FOO", "--category must be one of VALIDATION, AUTH")]
    [TestCase("requeue --all-sites --site 11111111-1111-1111-1111-111111111111", "contradict")]
    [TestCase("circuit close --site 99999999-9999-9999-9999-999999999999", "There is no site")]
    [TestCase("circuit open", "--site")]
    [TestCase("upload run --limit 0", "1 to 10000")]
    [TestCase("upload", "Required command")]
    [TestCase("row show never-seen", "No row of the queue")]
    [TestCase("status --site Nobody", "No site has the id, name or domain 'Nobody'")]
    [TestCase("status --site 99999999-9999-9999-9999-999999999999", "has had no row")]
    [TestCase("status --database Host=localhost;Port=1;Timeout=2", "The database cannot be reached")]
    [TestCase("status --database nothing", "is not a connection string")]
    [TestCase("enqueue --file no-such-file.csv", "cannot be read")]
    [TestCase("explain NOTHING", "There is no code")]
    [TestCase("upload run --provider nope", "provider must be one of: google_ads")]
    [TestCase("requeue --all-sites --yes --provider nope", "provider must be one of: google_ads")]
    public async Task What_cannot_be_done_is_said_and_ends_in_2(string line, string said)
    {
        var site = await AddSiteAsync(1);
        await FailAsync(site, 1);

        var (exitCode, output, error) = await RunAsync([.. line.Split(' '), "--json"]);

        Assert.That(exitCode, Is.EqualTo(2), output + error);
        Assert.That(error, Does.Contain(said));
        Assert.That(error.TrimEnd().Split('\n')[^1], Does.StartWith("Next: opsmantik "));
        Assert.That(await RowsAsync(site), Is.EqualTo("FAILED/INVALID_GRANT:1"));
    }

    [Test]
    public async Task A_circuit_is_isolated_shown_and_closed()
    {
        var site = await AddSiteAsync(1);

        Assert.That((await RunAsync("circuit", "show")).Output, Does.Contain("All circuits are CLOSED"));
        Assert.That((await RunAsync("circuit", "isolate", "--site", $"{site}")).Output, Does.Contain($"circuit close --site {site}"));
        Assert.That((await RunAsync("circuit", "show")).Output, Does.Contain($"{site}").And.Contain("OPEN (isolated)"));
        Assert.That((await RunAsync("circuit", "close", "--site", $"{site}")).Output, Does.Contain("CLOSED"));
        Assert.That((await RunAsync("circuit", "show", "--json")).Output.Trim(), Is.EqualTo("[]"));
    }

    [Test]
    public async Task The_runs_are_those_of_the_timers()
    {
        var site = await AddSiteAsync(1);
        await Database.EnqueueAsync(site, 4);
        await Database.ExecuteAsync(
            "update offline_conversion_queue set status = 'PROCESSING', claimed_at = now() - interval '1 hour'");

        var recovered = await RunAsync("recover", "run");
        var uploaded = await CliProcess.RunAsync(
            Database.OperatorConnectionString, ["upload", "run", "--json"], Worker.Settings(Google));
        var confirmed = await CliProcess.RunAsync(
            Database.OperatorConnectionString, ["confirm", "run"], Worker.Settings(Google));

        Assert.That(recovered.Output.Trim(), Is.EqualTo("recovered=4"), recovered.Error);
        Assert.That(uploaded.ExitCode, Is.Zero, uploaded.Error);
        using var json = JsonDocument.Parse(uploaded.Output);
        Assert.That(json.RootElement.GetProperty("completed").GetInt32(), Is.EqualTo(4));
        Assert.That(confirmed.Output, Does.StartWith("checked=0"), confirmed.Error);
        Assert.That(await RowsAsync(site), Is.EqualTo("COMPLETED:4"));
        Canary.AssertAbsent("the command's output", [uploaded.Output, uploaded.Error, confirmed.Error]);
    }

    [Test]
    public async Task Without_a_vault_key_an_upload_says_which_setting_is_missing()
    {
        var (exitCode, _, error) = await RunAsync("upload", "run");

        Assert.That(exitCode, Is.EqualTo(2), error);
        Assert.That(error, Does.Contain("OPSMANTIK_VAULT_KEY"));
    }

    [TestCase("Upload:TimeBudget", "00:20:00", "Upload__TimeBudget: The field TimeBudget must be between 00:00:01 and 00:09:30.")]
    [TestCase("Upload:MaxParallelGroups", "many", "Upload__MaxParallelGroups cannot be read as Int32")]
    public async Task A_setting_at_fault_is_named_as_the_worker_names_it(string name, string value, string said)
    {
        var settings = Worker.Settings(Google);
        settings[name] = value;

        var (exitCode, _, error) = await CliProcess.RunAsync(Database.OperatorConnectionString, ["upload", "run"], settings);

        Assert.That(exitCode, Is.EqualTo(2), error);
        Assert.That(error.Trim(), Is.EqualTo($"The settings are refused: {said}\nNext: opsmantik doctor"));
    }

    private Task<(int ExitCode, string Output, string Error)> RunAsync(params string[] arguments) =>
        CliProcess.RunAsync(Database.OperatorConnectionString, arguments);

    private async Task FailAsync(Guid site, int count)
    {
        var rows = await Database.EnqueueAsync(site, count);
        await Database.ExecuteAsync(
            """
            update offline_conversion_queue
            set status = 'FAILED', provider_error_category = 'AUTH', provider_error_code = 'INVALID_GRANT'
            where id = any ($1)
            """, rows);
    }
}
