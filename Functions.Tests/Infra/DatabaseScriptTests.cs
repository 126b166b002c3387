namespace OpsMantik.Functions.Tests.Infra;

/// <summary>database.sh: whom it lets in, for how long, and what it tells where it cannot get in itself.</summary>
[Platform(Exclude = "Win")]
internal sealed class DatabaseScriptTests
{
    private Stubs _stubs = null!;

    [SetUp]
    public void MakeStubs() => _stubs = new Stubs();

    [TearDown]
    public void Drop() => _stubs.Dispose();

    [Test]
    public async Task The_server_itself_says_who_is_to_be_let_in_and_the_door_is_shut_again()
    {
        var result = await _stubs.RunAsync("database.sh");

        Assert.Multiple(() =>
        {
            Assert.That(result.ExitCode, Is.Zero, result.Error);
            Assert.That(_stubs.Said, Does.Contain("--start-ip-address 203.0.113.7 --end-ip-address 203.0.113.7"));
            Assert.That(_stubs.State, Is.EqualTo("login\nmigrated"));
            Assert.That(_stubs.Read("migrated"), Does.Contain("Username=operators;Password=CANARY-token;SSL Mode=VerifyFull"));
        });
    }

    [Test]
    public void No_script_asks_a_third_party_for_an_address()
    {
        var scripts = Directory.GetFiles(Bicep.Folder, "*.sh").Select(File.ReadAllText).ToList();

        Assert.That(scripts, Has.Count.GreaterThan(3));
        Assert.That(scripts, Is.All.Not.Contains("curl").And.All.Not.Contains("wget").And.All.Not.Contains("ipify"));
    }

    [Test]
    public async Task Where_the_server_is_silent_the_operator_names_the_address()
    {
        var silent = await _stubs.RunAsync("database.sh", ("UNREACHABLE", "yes"));
        var named = await _stubs.RunAsync("database.sh", ("ADDRESS", "198.51.100.4"), ("OPERATOR_ADDRESS", "198.51.100.4"));

        Assert.That(silent.ExitCode, Is.EqualTo(1));
        Assert.That(silent.Error, Does.Contain("azd env set OPERATOR_ADDRESS"));
        Assert.That(named.ExitCode, Is.Zero, named.Error);
        Assert.That(_stubs.Said, Does.Contain("--start-ip-address 198.51.100.4 "));
    }

    [Test]
    public async Task Under_a_lock_the_rule_stays_with_an_address_that_nobody_comes_from()
    {
        var result = await _stubs.RunAsync("database.sh", ("LOCKED", "yes"));

        Assert.That(result.ExitCode, Is.Zero, result.Error);
        Assert.That(_stubs.Read("rule"), Is.EqualTo("127.0.0.1"));
    }

    [Test]
    public async Task In_a_network_of_its_own_no_rule_is_made()
    {
        var result = await _stubs.RunAsync("database.sh", ("UNREACHABLE", "yes"), ("USE_VNET", "true"));

        Assert.That(result.ExitCode, Is.EqualTo(1));
        Assert.That(result.Error, Does.Contain("run azd up on a machine there"));
        Assert.That(_stubs.Said, Does.Not.Contain("firewall-rule"));
    }

    [Test]
    public async Task A_database_with_passwords_is_migrated_by_the_login_that_the_shell_names()
    {
        var without = await _stubs.RunAsync("database.sh", ("DATABASE_KIND", "password"));
        Assert.That(without.Output, Does.Contain("not migrated; with MIGRATION_DATABASE"));
        Assert.That(_stubs.State, Is.Empty);

        var with = await _stubs.RunAsync("database.sh", ("DATABASE_KIND", "password"), ("MIGRATION_DATABASE", "Host=db;Password=CANARY-owner"));

        Assert.That(with.ExitCode, Is.Zero, with.Error);
        Assert.That(_stubs.Read("migrated"), Does.StartWith("Host=db;Password=CANARY-owner"));
    }

    [Test]
    public async Task One_command_does_for_a_database_with_passwords()
    {
        foreach (var script in new[] { "preflight.sh", "secrets.sh", "database.sh" })
        {
            var result = await _stubs.RunAsync(
                script, ("DATABASE_KIND", "password"), ("MIGRATION_DATABASE", "Host=db;Password=CANARY-owner"), ("WORKER_DATABASE", "Host=db;Password=CANARY-worker"));
            Assert.That(result.ExitCode, Is.Zero, result.Output + result.Error);
        }

        Assert.That(_stubs.State.Split('\n'), Is.SupersetOf(new[] { "migrated", "readable/OPSMANTIK-DATABASE", "refreshed", "secrets/OPSMANTIK-DATABASE" }));
    }
}
