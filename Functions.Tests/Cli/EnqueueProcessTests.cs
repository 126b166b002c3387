using System.Globalization;
using System.Text.Json;
using OpsMantik.Functions.Tests.Scenarios;

namespace OpsMantik.Functions.Tests.Cli;

internal sealed class EnqueueProcessTests : Scenario
{
    private const string Header = "site_id,external_ref,click_kind,click_id,occurred_at,amount,currency\n";

    // Google counts no old sale, and the command warns of one.
    private static readonly string Day = TimeProvider.System.GetUtcNow().AddDays(-3).ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);

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

        Assert.That((dry.ExitCode, dry.Output), Is.EqualTo((0, Reading(site) + "         2  new\nNothing was written.\n")), dry.Error);
        Assert.That(unasked.ExitCode, Is.EqualTo(2));
        Assert.That(unasked.Error, Does.Contain("--yes"));
        using var json = JsonDocument.Parse(real.Output);
        Assert.That(json.RootElement.GetProperty("queued").GetInt64(), Is.EqualTo(2));
        Assert.That(again.Output, Is.EqualTo(Reading(site) + "         2  already there, QUEUED\nNothing to do.\n"), again.Error);
        Assert.That(await RowsAsync(site), Is.EqualTo("QUEUED:2"));
        Assert.That(await Database.ScalarAsync<string>("select actor from operator_audit"), Is.EqualTo("ops@example"));
    }

    [Test]
    public async Task Good_lines_are_queued_and_the_others_kept_to_be_mended()
    {
        var site = await AddSiteAsync(1);
        var rejects = _file + ".rejects.csv";
        await File.WriteAllTextAsync(
            _file,
            "Google Click ID;E-Mail;Order ID;Conversion Time;Conversion Value;Conversion Currency\n"
            + $"Cj0K;ayse@example.com;A-1;{Day} 13:00:00;1.234,50;try\n;ayse@example.com;A-2;{Day} 13:00:00;12,50;JPY\n"
            + $";ayse@example.com;A-3;{Day} 13:00:00;12,50;EUR\n");
        try
        {
            var (exitCode, output, error) = await RunAsync(
                "--site", $"{site}", "--time-zone", "Europe/Istanbul", "--rejects", rejects, "--yes");

            Assert.Multiple(async () =>
            {
                Assert.That(exitCode, Is.EqualTo(1), error);
                Assert.That(output, Does.Contain("₺1,234.50, gclid Cj0K, A-1").And.Contain("1  refused").And.Contain("2 rows are QUEUED"));
                Assert.That(output, Does.Not.Contain("ayse"));
                Assert.That(await File.ReadAllTextAsync(rejects), Does.Contain("A-2").And.Contain("more decimals than JPY has").And.Not.Contain("A-1"));
                Assert.That(
                    await Database.ScalarAsync<string>(
                        "select string_agg(concat_ws('|', gclid, value_cents, currency, user_identifiers->>'hashed_email' is not null), ' ' order by currency) from offline_conversion_queue"),
                    Is.EqualTo("1250|EUR|t Cj0K|123450|TRY|t"));
                Assert.That(
                    await Database.ScalarAsync<long>(
                        "select count(*) from (select to_jsonb(s)::text t from sales s union all select to_jsonb(c)::text from conversations c union all select to_jsonb(q)::text from offline_conversion_queue q) x where t like '%ayse%'"),
                    Is.Zero, "no address is stored");
            });
        }
        finally
        {
            File.Delete(rejects);
        }
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
            + $"not-a-uuid,a-6,gclid,Cj0K,{Day}T10:00:00+03:00,12.50,TRY\n"
            + Line(site, "a-7").Replace(Day, "2099-11-20", StringComparison.Ordinal)
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
            $"f, line 4: occurred_at is \"{Day}T10:00:00\", expected with its zone, such as 2026-11-23T10:00:00+03:00, or give --time-zone",
            "f, line 5: external_ref good is already on line 2",
            "f, line 6: there is no site with this site_id",
            "f, line 7: click_kind is \"clickid\", expected one of gclid, gbraid, wbraid",
            "f, line 8: The gclid holds a space (character 3): is it two ids, or cut?",
            "f, line 9: site_id is \"not-a-uuid\", which is the id, name or domain of no site",
            "f, line 10: occurred_at is \"2099-11-20T10:00:00+03:00\", which has not come yet",
            "f, line 11: external_ref must be at most 500 characters, none of them a control character",
            "f, line 12: external_ref must be at most 500 characters, none of them a control character",
            "f, line 14: a quote is not closed",
            "Nothing was written: 11 faulty lines.",
            "Next: opsmantik enqueue --file f --rejects refused.csv",
            "",
        ]));
        Assert.That(await RowsAsync(site), Is.Null);
    }

    [Test]
    public async Task A_line_may_name_its_site_as_the_option_does()
    {
        var (cafe, other) = (await AddSiteAsync(1), await AddSiteAsync(2));
        await Database.ExecuteAsync("alter table sites add column name text, add column domain text");
        await Database.ExecuteAsync("update sites set name = 'Cafe Nord', domain = case id when $1 then 'cafe.example' else E'a\nFORGED' end", cafe);
        await File.WriteAllTextAsync(
            _file,
            Header + string.Concat(new[] { "CAFE.example", $"{cafe}"[..13], $"{other}", "cafe nord", "Cafe Sued", "a@b.example", "\0", "", $"{cafe}"[..4] }
                .Select((named, n) => Line(cafe, $"a-{n}").Replace($"{cafe}", named, StringComparison.Ordinal))));

        var refused = await RunAsync("--yes");
        await File.WriteAllLinesAsync(_file, (await File.ReadAllLinesAsync(_file)).Take(4));
        var (exitCode, output, error) = await RunAsync("--yes");

        var name = Path.GetFileName(_file);
        var candidates = string.Join("; ", new[] { $"{cafe} Cafe Nord, cafe.example", $"{other} Cafe Nord, a\\u000AFORGED" }.Order(StringComparer.Ordinal));
        Assert.That(refused.Output.Split('\n')[..6], Is.EqualTo((string[])
        [
            $"{name}, line 5: site_id is \"cafe nord\", which may be several sites: write the id of one: {candidates}",
            $"{name}, line 6: site_id is \"Cafe Sued\", which is the id, name or domain of no site",
            $"{name}, line 7: site_id is (not shown), which is the id, name or domain of no site",
            $"{name}, line 8: site_id is \"\\u0000\", which is the id, name or domain of no site",
            $"{name}, line 9: site_id is empty",
            // It may as well be a number of the shop's own.
            $"{name}, line 10: site_id is \"{$"{cafe}"[..4]}\", which is the id, name or domain of no site",
        ]), refused.Error);
        Assert.That(exitCode, Is.Zero, error);
        Assert.That(output, Does.Contain($"{name}: sites by name: CAFE.example is {cafe} Cafe Nord, cafe.example; {$"{cafe}"[..13]} is {cafe} Cafe Nord, cafe.example\n"));
        Assert.That((await RowsAsync(cafe), await RowsAsync(other)), Is.EqualTo(("QUEUED:2", "QUEUED:1")));
    }

    [Test]
    public async Task A_file_that_is_missing_or_none_is_said_so()
    {
        var missing = await RunAsync();
        await File.WriteAllTextAsync(_file, "site_id,external_ref\n");
        var none = await RunAsync();

        Assert.That((missing.ExitCode, none.ExitCode), Is.EqualTo((2, 2)));
        Assert.That(missing.Error, Does.Contain("cannot be read"));
        Assert.That(none.Output, Does.Contain("line 1: the column click_id is missing (or gclid, gbraid, wbraid, email, phone)"));
    }

    private string Reading(Guid site) =>
        $"{Path.GetFileName(_file)}: read as UTF-8, divided by commas, amounts with a decimal point\n"
        + string.Concat(new[] { (2, "a-1"), (3, "a-2") }.Select(sale => $"line {sale.Item1}: {Day} 07:00:00Z, ₺12.50, gclid Cj0K, {sale.Item2}\n"))
        + $"{Path.GetFileName(_file)}, line 3: warning: the same click and second as on line 2: if it is one sale, delete a line\n";

    private static string Line(Guid site, string reference) =>
        $"{site},{reference},gclid,Cj0K,{Day}T10:00:00+03:00,12.50,TRY\n";

    private Task<(int ExitCode, string Output, string Error)> RunAsync(params string[] more) =>
        CliProcess.RunAsync(Database.OperatorConnectionString, ["enqueue", "--file", _file, .. more]);
}
