using System.Text.Json;
using OpsMantik.Functions.Tests.Scenarios;
using OpsMantik.Functions.Tests.Support;

namespace OpsMantik.Functions.Tests.Cli;

/// <summary>A sale by what the customer or Google calls it.</summary>
internal sealed class RowReferenceProcessTests : Scenario
{
    private Guid _site;
    private Guid[] _rows = [];

    [SetUp]
    public async Task ArrangeAsync()
    {
        _site = await AddSiteAsync(1);
        _rows = await Database.EnqueueAsync(_site, 3);
        await Database.ExecuteAsync(
            "update sales set external_ref = 'phone-17' where id = (select sale_id from offline_conversion_queue where id = $1)", _rows[1]);
    }

    [TestCase("phone-17")]
    [TestCase("click-2")]
    public async Task A_row_is_shown_previewed_and_requeued_by_its_reference_or_click_id(string named)
    {
        var shown = await RunAsync("row", "show", named, "--json");
        var preview = await RunAsync("preview", "--sale", named, "--json");
        await Database.ExecuteAsync("update offline_conversion_queue set status = 'FAILED', provider_error_code = 'INVALID_GRANT', provider_error_category = 'AUTH'");
        var gone = await RunAsync("preview", "--sale", named);
        var dry = await RunAsync("requeue", "--sale", named, "--dry-run", "--json");
        var requeued = await RunAsync("requeue", "--sale", named, "--yes", "--json");

        Assert.That(Id(shown.Output, "Row", "row").GetProperty("id").GetGuid(), Is.EqualTo(_rows[1]), shown.Error);
        using var document = JsonDocument.Parse(preview.Output);
        Assert.That(document.RootElement.GetProperty("rows").EnumerateArray().Select(row => row.GetGuid()), Is.EqualTo(new[] { _rows[1] }), preview.Error);
        Assert.That(document.RootElement.GetProperty("request").GetProperty("body").ToString(), Does.Contain("click-2").And.Not.Contain("click-1"));
        Assert.That(gone.Error, Does.StartWith("Nothing of this sale goes out: its row is FAILED.\nNext: opsmantik row show "));
        using var causes = JsonDocument.Parse(dry.Output);
        Assert.That(causes.RootElement.GetProperty("causes")[0].GetProperty("code").GetString(), Is.EqualTo("INVALID_GRANT"));
        Assert.That(causes.RootElement.GetProperty("causes")[0].GetProperty("rows").GetInt64(), Is.EqualTo(1));
        Assert.That(requeued.Output, Does.Contain("\"requeued\":1"), requeued.Error);
        Assert.That(await RowsAsync(_site), Is.EqualTo("FAILED/INVALID_GRANT:2 QUEUED:1"));
    }

    [Test]
    public async Task What_names_several_sales_changes_none_and_lists_them()
    {
        await Database.ExecuteAsync("update offline_conversion_queue set gclid = 'twice', status = 'FAILED' where id = any ($1)", _rows[..2]);
        var sales = await Database.ScalarAsync<Guid[]>("select array_agg(sale_id order by created_at) from offline_conversion_queue where gclid = 'twice'");

        var (exitCode, _, error) = await RunAsync("requeue", "--sale", "twice", "--yes");

        Assert.That(exitCode, Is.EqualTo(2));
        Assert.That(error, Does.StartWith("'twice' is 2 sales.").And.Contain($"\n  {sales![0]}  FAILED, queued ").And.Contain($"  {sales[1]}  "));
        Assert.That(error.TrimEnd(), Does.EndWith($"\nNext: opsmantik row show {sales[1]}"));
        Assert.That(await Database.ScalarAsync<long>("select count(*) from operator_audit"), Is.Zero);
        Assert.That((await RunAsync("row", "show", "never-seen")).Error, Does.StartWith("No row of the queue has the id 'never-seen'"));
    }

    private static JsonElement Id(string json, params string[] names)
    {
        var root = JsonDocument.Parse(json).RootElement;
        return names.Select(name => root.TryGetProperty(name, out var found) ? found : (JsonElement?)null).First(found => found is not null)!.Value;
    }

    private Task<(int ExitCode, string Output, string Error)> RunAsync(params string[] arguments) =>
        CliProcess.RunAsync(Database.OperatorConnectionString, arguments, Worker.Settings(Google));
}
