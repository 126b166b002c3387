using System.Text.Json;
using OpsMantik.Functions.Tests.Scenarios;

namespace OpsMantik.Functions.Tests.Cli;

internal sealed class EnqueueProcessTests : Scenario
{
    private const string Header = "site_id,external_ref,click_kind,click_id,occurred_at,amount,currency\n";

    private string _file = null!;

    [SetUp]
    public void NameFile() => _file = Path.Combine(Path.GetTempPath(), $"sales-{Guid.NewGuid():N}.csv");

    [TearDown]
    public void DeleteFile() => File.Delete(_file);

    [Test]
    public async Task A_dry_run_then_the_real_one_then_the_same_file_again()
    {
        var site = await AddSiteAsync(1);
        await File.WriteAllTextAsync(_file, Header + Line(site, "a-1") + Line(site, "a-2"));

        var dry = await RunAsync("--dry-run");
        var unasked = await RunAsync();
        Assert.That(await RowsAsync(site), Is.Null, "nothing is written without a yes");
        var real = await RunAsync("--yes", "--json", "--as", "ops@example");
        var again = await RunAsync("--yes");

        Assert.That((dry.ExitCode, dry.Output), Is.EqualTo((0, "         2  new\nNothing was written.\n")), dry.Error);
        Assert.That(unasked.ExitCode, Is.EqualTo(2));
        Assert.That(unasked.Error, Does.Contain("--yes"));
        using var json = JsonDocument.Parse(real.Output);
        Assert.That(json.RootElement.GetProperty("queued").GetInt64(), Is.EqualTo(2));
        Assert.That(again.Output, Is.EqualTo("         2  already there, QUEUED\nNothing to do.\n"), again.Error);
        Assert.That(await RowsAsync(site), Is.EqualTo("QUEUED:2"));
        Assert.That(await Database.ScalarAsync<string>("select actor from operator_audit"), Is.EqualTo("ops@example"));
    }

    [Test]
    public async Task A_file_of_another_encoding_is_refused_whole()
    {
        var site = await AddSiteAsync(1);
        await File.WriteAllBytesAsync(
            _file, [.. System.Text.Encoding.ASCII.GetBytes(Header + $"{site},caf"), 0xE9, .. ",gclid,Cj0K,2026-11-20T10:00:00+03:00,12.50,TRY\n"u8]);

        var (exitCode, _, error) = await RunAsync("--yes");

        Assert.That(exitCode, Is.EqualTo(2));
        Assert.That(error, Does.Contain("is not UTF-8: save it as UTF-8."));
        Assert.That(await RowsAsync(site), Is.Null);
    }

    [Test]
    public async Task Every_faulty_line_is_named_at_once_and_nothing_is_written()
    {
        var site = await AddSiteAsync(1);
        await File.WriteAllTextAsync(
            _file,
            Header
            + Line(site, "good")
            + Line(site, "a-1").Replace("12.50", "12,50", StringComparison.Ordinal)
            + Line(site, "a-2").Replace("+03:00", "", StringComparison.Ordinal)
            + Line(site, "good")
            + Line(Guid.Empty, "a-3")
            + Line(site, "a-4").Replace("gclid", "clickid", StringComparison.Ordinal)
            + Line(site, "a-5").Replace("Cj0K", "Cj 0K", StringComparison.Ordinal)
            + "not-a-uuid,a-6,gclid,Cj0K,2026-11-20T10:00:00+03:00,12.50,TRY\n"
            + Line(site, "a-7").Replace("2026-11-20", "2099-11-20", StringComparison.Ordinal)
            + Line(site, "a\0-8")
            + Line(site, new string('r', 501))
            + Line(site, "utc").Replace("+03:00", "Z", StringComparison.Ordinal)
            + Line(site, "\"a-9"));

        var (exitCode, output, error) = await RunAsync("--yes");

        Assert.That(exitCode, Is.EqualTo(2), error);
        var name = Path.GetFileName(_file);
        Assert.That(output.Split('\n').Select(line => line.Replace(name, "f", StringComparison.Ordinal)), Is.EqualTo((string[])
        [
            "f, line 3: 8 fields, expected 7",
            "f, line 4: occurred_at is \"2026-11-20T10:00:00\", expected with its zone, such as 2026-11-23T10:00:00+03:00",
            "f, line 5: external_ref good is already on line 2",
            "f, line 6: there is no site with this site_id",
            "f, line 7: click_kind is \"clickid\", expected one of gclid, gbraid, wbraid",
            "f, line 8: The click id must be 1 to 512 characters without spaces or control characters.",
            "f, line 9: site_id is \"not-a-uuid\", expected a UUID",
            "f, line 10: occurred_at is \"2099-11-20T10:00:00+03:00\", which has not come yet",
            "f, line 11: external_ref must be at most 500 characters, none of them a control character",
            "f, line 12: external_ref must be at most 500 characters, none of them a control character",
            "f, line 14: a quote is not closed",
            "Nothing was written: 11 faulty lines.",
            "",
        ]));
        Assert.That(await RowsAsync(site), Is.Null);
    }

    [Test]
    public async Task A_file_that_is_missing_or_none_is_said_so()
    {
        var missing = await RunAsync();
        await File.WriteAllTextAsync(_file, "site_id,external_ref\n");
        var none = await RunAsync();

        Assert.That((missing.ExitCode, none.ExitCode), Is.EqualTo((2, 2)));
        Assert.That(missing.Error, Does.Contain("cannot be read"));
        Assert.That(none.Output, Does.Contain("line 1: the column click_kind is missing"));
    }

    private static string Line(Guid site, string reference) =>
        $"{site},{reference},gclid,Cj0K,2026-11-20T10:00:00+03:00,12.50,TRY\n";

    private Task<(int ExitCode, string Output, string Error)> RunAsync(params string[] more) =>
        CliProcess.RunAsync(Database.WorkerConnectionString, ["enqueue", "--file", _file, .. more]);
}
