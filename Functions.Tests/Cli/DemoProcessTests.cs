using System.Net;
using System.Net.Sockets;
using System.Text.Json;
using OpsMantik.Cli;
using OpsMantik.Cli.Demo;
using OpsMantik.Functions.Tests.Support;

namespace OpsMantik.Functions.Tests.Cli;

public class DemoProcessTests
{
    [Test]
    public async Task Demo_ends_every_sale_as_the_sample_says_and_prints_one_json_line()
    {
        var (exitCode, output, error) = await CliProcess.RunAsync("demo", "--once", "--json");

        Assert.That(exitCode, Is.Zero, error);
        Assert.That(output.TrimEnd('\n').Split('\n'), Has.Length.EqualTo(1), output);
        Assert.That(error, Does.Not.Contain('\x1b'), "no colours in a file");
        AssertSummary(output);
    }

    [Test]
    public async Task A_second_demo_on_the_same_database_compares_only_its_own_rows()
    {
        await using var database = await TestDatabase.CreateEmptyAsync();
        string[] arguments = ["demo", "--once", "--json", "--database", database.AdminConnectionString];

        for (var run = 1; run <= 2; run++)
        {
            var (exitCode, output, error) = await CliProcess.RunAsync(arguments);
            Assert.That(exitCode, Is.Zero, error);
            AssertSummary(output);
        }

        Assert.That(await database.ScalarAsync<long>("select count(*) from offline_conversion_queue"), Is.EqualTo(704));
    }

    [Test]
    public async Task Where_port_7071_is_taken_the_demo_says_so_in_one_line_and_takes_another()
    {
        using var other = new TcpListener(IPAddress.Loopback, 7071);
        // Where it is taken already, by the demo of another test, it may be free again before ours starts.
        var ours = TryTake(other);

        var (exitCode, output, error) = await CliProcess.RunAsync("demo", "--once");

        Assert.That(exitCode, Is.Zero, error);
        if (ours)
            Assert.That(output, Does.Contain("(port 7071 is taken by another process)"));
        Assert.That(error, Is.Empty);
    }

    [TestCase("QUEUED")]
    [TestCase("SUBMITTED")]
    public async Task Demo_leaves_a_database_with_real_sales_alone(string status)
    {
        await using var database = await TestDatabase.CreateAsync();
        await database.ExecuteAsync(
            """
            with site as (insert into sites default values returning id),
            sale as (insert into sales (site_id, occurred_at, amount_cents)
                     select id, now(), 1 from site returning id, site_id)
            insert into offline_conversion_queue (site_id, sale_id, conversion_time, value_cents, status)
            select site_id, id, now(), 1, $1 from sale
            """,
            status);
        await using var guard = new SharedDatabaseGuard(database.Admin);

        Assert.That(
            async () => await guard.AcquireAsync(CancellationToken.None),
            Throws.TypeOf<OperatorException>().With.Message.Contains("1 open queue rows"));
    }

    [Test]
    public async Task One_demo_at_a_time_works_in_a_database()
    {
        await using var database = await TestDatabase.CreateAsync();
        await using var first = new SharedDatabaseGuard(database.Admin);
        await using var second = new SharedDatabaseGuard(database.Admin);
        await first.AcquireAsync(CancellationToken.None);

        Assert.That(
            async () => await second.AcquireAsync(CancellationToken.None),
            Throws.TypeOf<OperatorException>().With.Message.Contains("Another demo"));
    }

    private static bool TryTake(TcpListener port)
    {
        try
        {
            port.Start();
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }

    private static void AssertSummary(string output)
    {
        using var summary = JsonDocument.Parse(output.TrimEnd('\n').Split('\n')[^1]);
        var root = summary.RootElement;
        Assert.That(root.GetProperty("ok").GetBoolean());
        Assert.That(root.GetProperty("sales").GetInt32(), Is.EqualTo(352));
        Assert.That(root.GetProperty("deviations").GetArrayLength(), Is.Zero);
        var (upload, confirm) = (root.GetProperty("upload"), root.GetProperty("confirm"));
        Assert.That(upload.GetProperty("submitted").GetInt32(), Is.EqualTo(39));
        Assert.That(upload.GetProperty("corrected").GetInt32(), Is.InRange(0, 5), "a scheduled run may tell some");
        Assert.That(confirm.GetProperty("requests").GetInt32(), Is.EqualTo(1));
        Assert.That(confirm.GetProperty("completed").GetInt32(), Is.EqualTo(34));
        Assert.That(
            root.GetProperty("changed").EnumerateArray().Select(sale => sale.GetProperty("at_google").GetString()),
            Is.EquivalentTo((string[])["none", "700", "retracted", "1250.5", "12000", "0", "20000", "none"]));
        var sites = root.GetProperty("sites").EnumerateArray().ToList();
        Assert.That(sites.Select(site => site.GetProperty("submitted").GetInt32()), Is.All.Zero);
        var completed = sites.ToDictionary(
            site => site.GetProperty("site").GetString()!, site => site.GetProperty("completed").GetInt32());
        var expected = new Dictionary<string, int>
        {
            ["cafe"] = 132,
            ["dental"] = 100,
            ["garage"] = 34,
            ["revoked"] = 0,
        };
        Assert.That(completed, Is.EqualTo(expected));
    }
}
