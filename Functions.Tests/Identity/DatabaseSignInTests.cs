using Npgsql;
using OpsMantik.Core.Database;

namespace OpsMantik.Functions.Tests.Identity;

internal sealed class DatabaseSignInTests
{
    private const string Azure = "Host=ops.postgres.database.azure.com;Username=worker";

    [TestCase(Azure, null, ExpectedResult = true)]
    [TestCase("Host=OPS.Postgres.Database.Azure.COM:6432;Username=worker", "auto", ExpectedResult = true)]
    [TestCase("Host=a.postgres.database.azure.com,b.postgres.database.azure.com;Username=w", "", ExpectedResult = true)]
    [TestCase(Azure + ";Password=CANARY", null, ExpectedResult = false)]
    [TestCase(Azure + ";Passfile=/home/worker/.pgpass", null, ExpectedResult = false)]
    [TestCase(Azure, "Password", ExpectedResult = false)]
    [TestCase("Host=db.internal;Username=worker", null, ExpectedResult = false)]
    [TestCase("Host=a.postgres.database.azure.com,b.example;Username=worker", null, ExpectedResult = false)]
    [TestCase("Host=postgres.database.azure.com.example;Username=worker", null, ExpectedResult = false)]
    [TestCase("Host=/var/run/postgresql;Username=worker", null, ExpectedResult = false)]
    [TestCase("Host=localhost;Username=worker", null, ExpectedResult = false)]
    [TestCase("Host=db.internal;Username=worker", " entra ", ExpectedResult = true)]
    public bool Only_azure_or_whoever_is_named_is_shown_a_token(string connectionString, string? authentication)
    {
        Assert.That(DatabaseSignIn.FindFault(connectionString, authentication), Is.Null);
        return DatabaseSignIn.IsByToken(connectionString, authentication);
    }

    [TestCase(Azure, "CANARY", "Database__Authentication must be")]
    [TestCase(Azure, "1", "Database__Authentication must be")]
    [TestCase(Azure + ";Password=CANARY", "Entra", "Database__Authentication is Entra")]
    [TestCase("Host=ops.postgres.database.azure.com", null, "ConnectionStrings__OpsMantik names no Username")]
    [TestCase(Azure + ";SSL Mode=Disable", null, "ConnectionStrings__OpsMantik switches TLS off")]
    [TestCase(Azure + ";SSL Mode=Allow", null, "ConnectionStrings__OpsMantik switches TLS off")]
    [TestCase("Host=10.0.0.4;Username=w;SSL Mode=Disable", "Entra", "ConnectionStrings__OpsMantik switches TLS off")]
    public void What_cannot_work_or_is_unsafe_is_refused(string connectionString, string? authentication, string fault) =>
        Assert.That(
            DatabaseSignIn.FindFault(connectionString, authentication), Does.StartWith(fault).And.Not.Contain("CANARY"));

    [TestCase(Azure, SslMode.VerifyFull)]
    [TestCase(Azure + ";SSL Mode=Prefer", SslMode.VerifyFull)]
    [TestCase(Azure + ";SSL Mode=Require", SslMode.Require)]
    [TestCase("Host=db.internal;Username=worker", SslMode.VerifyFull)]
    [TestCase("Host=db.internal,localhost;Username=worker", SslMode.VerifyFull)]
    [TestCase("Host=127.0.0.1;Username=worker;SSL Mode=Disable", SslMode.Disable)]
    [TestCase("Host=::1;Username=worker", SslMode.Prefer)]
    public void A_token_goes_to_a_server_that_proved_its_name_unless_told_otherwise(string connectionString, SslMode mode)
    {
        var signedIn = new NpgsqlConnectionStringBuilder(DatabaseSignIn.WithToken(connectionString, "CANARY;'\"=token"));

        Assert.That((signedIn.SslMode, signedIn.Password), Is.EqualTo((mode, "CANARY;'\"=token")));
    }

    [TestCase("Host=db.internal;Username=w;Password=CANARY", SslMode.VerifyFull, null)]
    [TestCase("Host=10.0.0.4;Username=w;Password=CANARY", SslMode.VerifyFull, null)]
    [TestCase("Host=db.internal,localhost;Username=w;Password=CANARY", SslMode.VerifyFull, null)]
    [TestCase("Host=db.internal;Password=CANARY;SSL Mode=VerifyFull", SslMode.VerifyFull, null)]
    [TestCase("Host=db.internal;Password=CANARY;SSL Mode=VerifyCA", SslMode.VerifyCA, "VerifyCA")]
    [TestCase("Host=db.internal;Password=CANARY;ssl mode=require", SslMode.Require, "Require")]
    [TestCase("Host=db.internal;Password=CANARY;SslMode=Prefer", SslMode.Prefer, "Prefer")]
    [TestCase("Host=db.internal;Password=CANARY;sslmode=Allow", SslMode.Allow, "Allow")]
    [TestCase("Host=db.internal;Password=CANARY;SSL Mode=Disable", SslMode.Disable, "Disable")]
    [TestCase("Host=db.internal;Password='SSL Mode=Require'", SslMode.VerifyFull, null)]
    [TestCase("Host=LocalHost;Password=CANARY", SslMode.Prefer, null)]
    [TestCase("Host=127.0.0.2;Password=CANARY;SSL Mode=Disable", SslMode.Disable, null)]
    [TestCase("Host=/var/run/postgresql;Username=w", SslMode.Prefer, null)]
    public async Task A_password_goes_to_a_server_that_proved_its_name_unless_the_text_names_a_mode(
        string connectionString, SslMode mode, string? weak)
    {
        await using var source = DatabaseSource.Create(
            new DatabaseOptions { ConnectionString = connectionString },
            () => throw new InvalidOperationException("no token"),
            parallelGroups: 8);

        Assert.That(new NpgsqlConnectionStringBuilder(source.ConnectionString).SslMode, Is.EqualTo(mode));
        Assert.That(DatabaseSignIn.FindWeakMode(connectionString, "Password"), Is.EqualTo(weak));
        Assert.That(
            DatabaseSignIn.Secure(DatabaseSignIn.Secure(connectionString)), Is.EqualTo(DatabaseSignIn.Secure(connectionString)),
            "as a command does, whose services open what it has signed in");
    }

    [TestCase(Azure, null)]
    [TestCase(Azure + ";SSL Mode=Prefer", null)]
    [TestCase(Azure + ";SSL Mode=Require", "Require")]
    public void A_tokens_weak_mode_is_told_too(string connectionString, string? weak) =>
        Assert.That(DatabaseSignIn.FindWeakMode(connectionString, null), Is.EqualTo(weak));

    [Test]
    public async Task A_login_with_a_password_never_asks_for_a_token()
    {
        await using var source = DatabaseSource.Create(
            new DatabaseOptions { ConnectionString = Azure + ";Password=CANARY" },
            () => throw new InvalidOperationException("Azure's libraries would be loaded at every start"),
            parallelGroups: 8);

        Assert.That(source.ConnectionString, Does.Contain("ops.postgres"));
    }

    [TestCase("Host=h", true)]
    [TestCase("Host=h;No Reset On Close=false", false)]
    public async Task No_session_is_reset_unless_the_connection_string_says_so(string connectionString, bool spared)
    {
        await using var runs = DatabaseSource.Create(new() { ConnectionString = connectionString }, () => null!, 8);

        Assert.That(new NpgsqlConnectionStringBuilder(runs.ConnectionString).NoResetOnClose, Is.EqualTo(spared));
    }

    [TestCase("Host=h", 8, 16)]
    [TestCase("Host=h;Minimum Pool Size=30", 8, 30)]
    [TestCase("Host=h;Maximum Pool Size=100", 8, 100)]
    [TestCase("Host=h;maxpoolsize=5", 8, 5)]
    [TestCase("Host=h", 256, 264)]
    public async Task The_pool_is_as_large_as_the_runs_need_unless_the_connection_string_says_otherwise(
        string connectionString, int groups, int most)
    {
        var options = new DatabaseOptions { ConnectionString = connectionString };
        await using var runs = DatabaseSource.Create(options, () => null!, groups);
        await using var health = DatabaseSource.CreateForHealth(options, () => null!);

        Assert.That(new NpgsqlConnectionStringBuilder(runs.ConnectionString).MaxPoolSize, Is.EqualTo(most));
        Assert.That(new NpgsqlConnectionStringBuilder(health.ConnectionString).MaxPoolSize, Is.EqualTo(1));
    }
}
