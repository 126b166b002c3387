using OpsMantik.Functions.Tests.Support;
using OpsMantik.Reliability.Proxy;

namespace OpsMantik.Functions.Tests.Cli;

/// <summary>What doctor says of what stands between it and the server.</summary>
internal sealed class DoctorPoolerTests
{
    private TestDatabase _database = null!;

    [SetUp]
    public async Task OpenAsync() => _database = await TestDatabase.CreateAsync();

    [TearDown]
    public async Task CloseAsync() => await _database.DisposeAsync();

    [TestCase(Damage.Flip, "fail|none, the server itself answers; arrays of 1 MB came back damaged|")]
    [TestCase(Damage.Drop, "fail|none, the server itself answers; arrays of 1 MB broke the connection (")]
    [TestCase(Damage.Hang, "warn|none, the server itself answers; arrays of 1 MB did not come back within 6 s|")]
    public async Task What_damages_or_holds_large_parameters_is_found(Damage damage, string said)
    {
        using var proxy = new DamagingProxy(_database.WorkerConnectionString, damage);

        var found = await PoolerAsync(proxy.ConnectionString);

        Assert.That(found, Does.StartWith(said));
        if (damage != Damage.Hang)
            Assert.That(found, Does.EndWith("|Use PgBouncer 1.21 or newer, or connect to the server itself."));
    }

    [Test]
    public async Task A_connection_of_the_servers_own_is_called_so() => Assert.That(
        await PoolerAsync(_database.WorkerConnectionString),
        Is.EqualTo("ok|none, the server itself answers; arrays of 1 MB came back whole over 4 connections at once|"));

    [TestCase("", "ok", "")]
    [TestCase(";No Reset On Close=false", "warn", "Take No Reset On Close=false out of the connection string.")]
    public async Task A_pooler_of_unknown_kind_is_told_by_its_greeting(string setting, string status, string fix)
    {
        using var pooler = new PoolerGreeting(_database.WorkerConnectionString);

        Assert.That(
            await PoolerAsync(pooler.ConnectionString + setting),
            Is.EqualTo($"{status}|a pooler of unknown kind; arrays of 1 MB came back whole over 4 connections at once|{fix}"));
    }

    /// <summary>With the driver's reset, 1.18 damages what doctor sends nearly every time; without it never did.</summary>
    [TestCase("")]
    [TestCase(";No Reset On Close=false")]
    public async Task PgBouncer_is_named_and_an_old_one_never_called_well(string setting)
    {
        if (PgBouncer.Program is null)
        {
            Assert.That(Environment.GetEnvironmentVariable("OPSMANTIK_REQUIRE_PGBOUNCER"), Is.Null.Or.Empty, "the workflow installs it");
            Assert.Ignore("there is no PgBouncer (Debian: apt-get install pgbouncer)");
        }

        await using var bouncer = await PgBouncer.StartAsync(_database.WorkerConnectionString);
        var found = await PoolerAsync(bouncer.ConnectionString + setting);
        TestContext.Out.WriteLine(found);

        Assert.That(found, Does.Match(@"^((warn|fail)\|PgBouncer older than 1\.20; .*1\.21|(ok|warn|fail)\|PgBouncer 1\.20 or newer)"));
    }

    [Test]
    public async Task A_database_that_does_not_answer_is_told_of_once()
    {
        var (_, output, _) = await CliProcess.RunAsync("Host=127.0.0.1;Port=1;Database=none;Username=none", ["doctor", "--json"]);

        Assert.That(DoctorProcessTests.Findings(output), Does.Not.ContainKey("pooler").And.ContainKey("database"));
    }

    private static async Task<string?> PoolerAsync(string connectionString)
    {
        var (_, output, error) = await CliProcess.RunAsync(connectionString, ["doctor", "--json"]);
        return DoctorProcessTests.Findings(output).GetValueOrDefault("pooler") ?? output + error;
    }
}
