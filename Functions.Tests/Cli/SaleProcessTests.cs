using System.Text.Json;
using OpsMantik.Functions.Tests.Scenarios;
using OpsMantik.Functions.Tests.Support;

namespace OpsMantik.Functions.Tests.Cli;

/// <summary><c>opsmantik sale</c> on the worker's own login, which may not write to sales.</summary>
internal sealed class SaleProcessTests : Scenario
{
    private Guid _site;
    private Guid _sale;

    [SetUp]
    public async Task EnqueueAsync()
    {
        _site = await AddSiteAsync(1);
        await Database.EnqueueAsync(_site);
        _sale = await Database.ScalarAsync<Guid>("select id from sales");
    }

    [TestCase(true)]
    [TestCase(false)]
    public async Task A_sale_that_was_not_sent_is_canceled_after_a_yes_whether_the_trigger_is_there_or_not(bool trigger)
    {
        if (!trigger)
            await Database.ExecuteAsync("drop trigger opsmantik_note_sale_change on sales");
        var looked = await RunAsync(0, "sale", "cancel", $"{_sale}", "--dry-run");
        var asked = await RunAsync(2, "sale", "cancel", $"{_sale}");
        Assert.That(looked.Output, Is.EqualTo("₺123.45 is canceled.\nIt was not counted, and will not be sent.\nNothing was changed.\n"));
        Assert.That(asked.Error, Does.Contain("--yes"));
        Assert.That(await StateAsync(), Is.EqualTo("CONFIRMED 12345 TRY QUEUED"));
        Assert.That(await Database.ScalarAsync<long>("select count(*) from operator_audit"), Is.Zero);

        var done = await RunAsync(0, "sale", "cancel", $"{_sale}", "--yes", "--json", "--as", "ops@example");

        using var json = JsonDocument.Parse(done.Output);
        Assert.That(json.RootElement.GetProperty("effect").GetString(), Is.EqualTo("not_sent"));
        Assert.That(await StateAsync(), Is.EqualTo("CANCELED 12345 TRY FAILED SALE_CANCELED"));
        Assert.That(
            await Database.ScalarAsync<string>(
                "select concat_ws('|', actor, action, row_count, site_id, details ->> 'sale_id') from operator_audit"),
            Is.EqualTo($"ops@example|sale cancel|1|{_site}|{_sale}"));
        Assert.That((await RunAsync(2, "sale", "cancel", $"{_sale}", "--yes")).Error, Does.Contain("is CANCELED; only a CONFIRMED one"));
    }

    [TestCase("80", "12345 TRY", "8000 TRY", "It was not sent yet: it goes with its new value.")]
    [TestCase("1.234,5", "12345 TRY", "123450 TRY", "goes with its new value")]
    [TestCase("1234|--currency|JPY", "12345 TRY", "1234 JPY", "goes with its new value")]
    [TestCase("1.234|--decimal|point|--currency|KWD", "12345 TRY", "1234 KWD", "₺123.45 becomes 1.234 KWD")]
    public async Task An_amount_is_read_as_people_write_it(string typed, string before, string after, string said)
    {
        Assert.That(await StateAsync(), Is.EqualTo($"CONFIRMED {before} QUEUED"));

        var done = await RunAsync(0, ["sale", "restate", $"{_sale}", "--yes", "--amount", .. typed.Split('|')]);

        Assert.That(done.Output, Does.Contain(said));
        Assert.That(await StateAsync(), Is.EqualTo($"CONFIRMED {after} QUEUED"));
        Assert.That(
            await Database.ScalarAsync<string>("select value_cents || ' ' || currency from offline_conversion_queue"), Is.EqualTo(after));
    }

    [TestCase("restate $ --amount 1.234", "which may be a thousand or a fraction: give --decimal comma or --decimal point")]
    [TestCase("restate $ --amount 12.5 --currency JPY", "more decimals than JPY has")]
    [TestCase("restate $ --amount 0", "opsmantik sale cancel")]
    [TestCase("restate $ --amount -5", "expected such as 1234.50")]
    [TestCase("restate $ --amount 5 --currency XYZ", "ISO 4217")]
    [TestCase("cancel 99999999-9999-9999-9999-999999999999", "There is no sale 99999999")]
    public async Task What_cannot_be_done_is_said_and_changes_nothing(string typed, string said)
    {
        var (_, error) = await RunAsync(2, ["sale", .. typed.Replace("$", $"{_sale}", StringComparison.Ordinal).Split(' '), "--yes"]);

        Assert.That(error, Does.Contain(said));
        Assert.That(await StateAsync(), Is.EqualTo("CONFIRMED 12345 TRY QUEUED"));
    }

    [Test]
    public async Task A_draft_is_refused_and_a_sale_without_a_row_changes_alone()
    {
        await Database.ExecuteAsync("delete from offline_conversion_queue");
        await Database.ExecuteAsync("update sales set status = 'DRAFT'");
        Assert.That((await RunAsync(2, "sale", "restate", $"{_sale}", "--amount", "5", "--yes")).Error, Does.Contain("is DRAFT"));
        await Database.ExecuteAsync("update sales set status = 'CONFIRMED'");

        Assert.That((await RunAsync(0, "sale", "cancel", $"{_sale}", "--yes")).Output, Does.Contain("no row in the queue: only the sale changes"));
        Assert.That(await StateAsync(), Is.EqualTo("CANCELED 12345 TRY"));
    }

    [Test]
    public async Task The_life_of_a_sale_that_was_sent_restated_canceled_and_confirmed_again_reads_in_order()
    {
        await RunAsync(0, "upload", "run");
        Assert.That((await RestateAsync("123.45")).Output, Does.Contain("Google has this value: nothing is sent."));
        Assert.That((await RestateAsync("70")).Output, Does.Contain("Google has it: the next upload run sends a restatement."));
        await RunAsync(0, "upload", "run");
        Assert.That(
            (await RunAsync(0, "sale", "cancel", $"{_sale}", "--yes", "--as", "ayse")).Output,
            Does.Contain("Google has it: the next upload run sends a retraction."));
        await RunAsync(0, "upload", "run");
        await Database.ExecuteAsync("update sales set status = 'CONFIRMED'");

        Assert.That((await RestateAsync("90")).Output, Does.Contain("Google never counts it again. Upload it as a sale of its own."));
        Assert.That((await RunAsync(0, "sale", "cancel", $"{_sale}", "--yes")).Output, Does.Contain("Google was told already"));
        var life = (await RunAsync(0, "row", "show", $"{_sale}")).Output;
        string[] inOrder = ["sold ", "queued ", "status      COMPLETED", "restate to ₺70.00: COMPLETED", "retract: COMPLETED", "ayse: sale restate, 1 row", "ayse: sale cancel, 1 row"];
        Assert.That(inOrder.Select(line => life.IndexOf(line, StringComparison.Ordinal)), Is.Ordered.And.All.GreaterThan(0), life);
    }

    [TestCase("PROCESSING", "A worker is sending it: a retraction follows once it is counted.")]
    [TestCase("SUBMITTED", "Google is deciding about it: a retraction follows once it is counted.")]
    [TestCase("COMPLETED", "Google has it: the next upload run sends a retraction.")]
    public async Task What_follows_is_told_by_where_the_row_is(string status, string said)
    {
        await Database.ExecuteAsync("update offline_conversion_queue set status = $1, claim_count = 1", status);

        Assert.That((await RunAsync(0, "sale", "cancel", $"{_sale}", "--dry-run")).Output, Does.Contain(said));
        Assert.That(await StateAsync(), Is.EqualTo($"CONFIRMED 12345 TRY {status}"));
    }

    [Test]
    public async Task What_Google_does_not_take_is_said_before()
    {
        await Database.ExecuteAsync(
            """
            update offline_conversion_queue
            set status = 'COMPLETED', conversion_time = now() - interval '60 days', gclid = null, wbraid = 'CjkKCAiA-click'
            """);

        var ads = (await RunAsync(0, "sale", "cancel", $"{_sale}", "--dry-run")).Output;
        await Database.AddCredentialsAsync(Worker.Vault, _site, uploadApi: "data_manager");
        var dataManager = (await RunAsync(0, "sale", "cancel", $"{_sale}", "--dry-run")).Output;
        var (_, unknown, _) = await CliProcess.RunAsync(Database.OperatorConnectionString, ["sale", "cancel", $"{_sale}", "--dry-run"]);

        Assert.That(ads, Does.Contain("more than 54 days ago").And.Contain("\nGoogle takes no correction of it: it was sent with a wbraid").And.Not.Contain("counted, with"));
        Assert.That(dataManager, Does.Contain("\nThe sale stays counted, with a value of 0.").And.Not.Contain("wbraid"));
        Assert.That(unknown, Does.Contain("If its site uploads by the Google Ads API: ").And.Contain("If its site uploads by Data Manager: "));
    }

    [Test]
    public async Task A_correction_that_failed_is_requeued()
    {
        await Database.ExecuteAsync("update offline_conversion_queue set status = 'COMPLETED'");
        await RunAsync(0, "sale", "cancel", $"{_sale}", "--yes");
        await Database.ExecuteAsync(
            "update conversion_corrections set status = 'FAILED', provider_error_category = 'AUTH', provider_error_code = 'INVALID_GRANT'");

        Assert.That((await RunAsync(2, "requeue", "--corrections", "--site", $"{_site}")).Output, Does.Contain("1  FAILED  AUTH  INVALID_GRANT"));
        Assert.That(
            (await RunAsync(0, "requeue", "--corrections", "--site", $"{_site}", "--yes")).Output, Does.Contain("1 corrections are QUEUED"));
        Assert.That(
            (await RunAsync(2, "requeue", "--corrections", "--include-completed", "--sale", $"{_sale}")).Error, Does.Contain("contradict"));
    }

    private Task<(string Output, string Error)> RestateAsync(string amount) =>
        RunAsync(0, "sale", "restate", $"{_sale}", "--amount", amount, "--yes", "--as", "ayse");

    private async Task<(string Output, string Error)> RunAsync(int expected, params string[] arguments)
    {
        var (exitCode, output, error) = await CliProcess.RunAsync(Database.OperatorConnectionString, arguments, Worker.Settings(Google));
        Assert.That(exitCode, Is.EqualTo(expected), string.Join(' ', arguments) + output + error);
        return (output, error);
    }

    private Task<string?> StateAsync() => Database.ScalarAsync<string>(
        """
        select concat_ws(' ', s.status, s.amount_cents, s.currency, q.status, q.provider_error_code)
        from sales s left join offline_conversion_queue q on q.sale_id = s.id
        """);
}
