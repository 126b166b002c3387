using System.Text.Json;
using OpsMantik.Functions.Tests.Scenarios;
using OpsMantik.Functions.Tests.Support;

namespace OpsMantik.Functions.Tests.Cli;

/// <summary>Sites by name, as an operator types and reads them.</summary>
internal sealed class SiteOptionProcessTests : Scenario
{
    private Guid _cafe;
    private Guid _other;

    [SetUp]
    public async Task NameSitesAsync()
    {
        (_cafe, _other) = (await AddSiteAsync(1), await AddSiteAsync(2));
        await Database.ExecuteAsync("alter table sites add column name text, add column domain text");
        await Database.ExecuteAsync("update sites set name = 'Cafe Nord', domain = 'cafe.example' where id = $1", _cafe);
        await Database.ExecuteAsync("update sites set name = 'Other', domain = 'other.example' where id = $1", _other);
        await Database.EnqueueAsync(_cafe, 2);
    }

    [TestCase("circuit isolate")]
    [TestCase("circuit show")]
    [TestCase("credentials show")]
    [TestCase("credentials verify")]
    [TestCase("preview")]
    [TestCase("reconcile")]
    [TestCase("requeue --status RETRY --yes")]
    [TestCase("doctor")]
    [TestCase("status")]
    public async Task Every_command_takes_a_name_a_domain_or_the_beginning_of_an_id(string line)
    {
        foreach (var named in (string[])["cafe nord", "CAFE.example", $"{_cafe}"[..8], $"{_cafe}"])
        {
            var (exitCode, output, error) = await RunAsync([.. line.Split(' '), "--site", named, "--json"]);

            Assert.That(exitCode, Is.InRange(0, 1), $"{named}: {error}");
            Assert.That(output, Does.Not.Contain("no credentials for"), named);
            Assert.That(JsonDocument.Parse(output).RootElement.ValueKind, Is.Not.EqualTo(JsonValueKind.Null), named);
        }
    }

    [Test]
    public async Task An_unknown_name_is_told_how_to_list_sites_and_an_ambiguous_one_the_sites_that_it_may_mean()
    {
        await Database.ExecuteAsync("update sites set name = E'Cafe Nord', domain = E'a\\nFORGED' where id = $1", _other);

        var unknown = await RunAsync("circuit", "show", "--site", "Cafe Sued");
        var ambiguous = await RunAsync("circuit", "isolate", "--site", "cafe nord");

        Assert.That((unknown.ExitCode, unknown.Output), Is.EqualTo((2, "")));
        Assert.That(unknown.Error.Trim(), Is.EqualTo(
            "No site has the id, name or domain 'Cafe Sued'. Sites without a sale yet are in: opsmantik credentials list\nNext: opsmantik status --sites 1000"));
        Assert.That((ambiguous.ExitCode, ambiguous.Output), Is.EqualTo((2, "")));
        Assert.That(ambiguous.Error.Trim().Split('\n'), Is.EqualTo((string[])
        [
            "'cafe nord' is 2 sites. Give --site the id of one:",
            .. new[] { $"  {_cafe}  Cafe Nord, cafe.example", $"  {_other}  Cafe Nord, a\\u000AFORGED" }.Order(StringComparer.Ordinal),
            "Next: opsmantik status --sites 1000",
        ]));
        Assert.That(await Database.ScalarAsync<long>("select count(*) from provider_health_state"), Is.Zero);
    }

    [Test]
    public async Task Tables_and_documents_name_the_site_beside_its_id()
    {
        await CliProcess.RunAsync(Database.OperatorConnectionString, ["upload", "run", "--limit", "1"], Worker.Settings(Google));
        await RunAsync("circuit", "isolate", "--site", "Cafe Nord");
        var sale = await Database.ScalarAsync<Guid>("select sale_id from offline_conversion_queue where status = 'COMPLETED'");

        foreach (var line in (string[])["status", "circuit show", "credentials list", "reconcile", "preview --site cafe.example"])
        {
            var words = await RunAsync(line.Split(' '));
            var document = await RunAsync([.. line.Split(' '), "--json"]);

            Assert.That(words.Output, Does.Contain($"Cafe Nord ({$"{_cafe}"[..8]})"), line);
            Assert.That(document.Output, Does.Contain("\"site_name\":\"Cafe Nord\"").And.Contain($"\"site_id\":\"{_cafe}\""), line);
        }

        Assert.That((await RunAsync("row", "show", $"{sale}")).Output, Does.Contain($"site        {_cafe} Cafe Nord (google_ads)"));
    }

    private Task<(int ExitCode, string Output, string Error)> RunAsync(params string[] arguments) =>
        CliProcess.RunAsync(Database.OperatorConnectionString, arguments, Worker.Settings(Google));
}
