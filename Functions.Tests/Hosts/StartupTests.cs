using System.Net;
using OpsMantik.Functions.Tests.Support;
using OpsMantik.Local.Postgres;
using OpsMantik.Testbed.Hosting;

namespace OpsMantik.Functions.Tests.Hosts;

/// <summary>What keeps the worker from starting is said in the same sentences under every host.</summary>
[TestFixtureSource(typeof(HostedWorker), nameof(HostedWorker.Kinds))]
internal sealed class StartupTests(HostKind host)
{
    private const string Refusal = "The worker cannot start:";

    [Test]
    public async Task Faulty_settings_end_the_process_with_a_short_list()
    {
        var lines = await RefusalOfAsync(("OPSMANTIK_VAULT_KEY", "CANARY-short"), ("UPLOAD_SCHEDULE", "hourly"));

        Assert.That(lines, Has.Length.EqualTo(3));
        Assert.That(lines[1], Does.StartWith("  OPSMANTIK_VAULT_KEY "));
        Assert.That(lines[2], Does.StartWith("  UPLOAD_SCHEDULE "));
    }

    [TestCase(null)]
    [TestCase("Production")]
    [TestCase("Staging")]
    public async Task A_secret_that_could_be_guessed_ends_the_process_with_the_command_that_makes_a_good_one(string? environment)
    {
        var lines = await RefusalOfAsync(("AZURE_FUNCTIONS_ENVIRONMENT", environment), ("STATUS_SECRET", "changeme"));

        Assert.That(lines, Has.Length.EqualTo(3));
        Assert.That(lines[1], Does.StartWith("  CRON_SECRET has fewer than 32 characters").And.Contain("openssl rand -hex 32"));
        Assert.That(lines[2], Does.StartWith("  STATUS_SECRET has fewer than 32 characters").And.Not.Contain("changeme"));
    }

    [TestCase(null)]
    [TestCase("False")]
    public async Task Azures_sign_in_is_not_trusted_where_azure_does_not_say_that_it_is_on(string? mark)
    {
        var lines = await RefusalOfAsync(("StatusPage:TrustEasyAuth", "true"), ("WEBSITE_AUTH_ENABLED", mark));

        Assert.That(lines, Has.Length.EqualTo(2));
        Assert.That(lines[1], Does.StartWith("  StatusPage__TrustEasyAuth is true").And.Contain("WEBSITE_AUTH_ENABLED"));
    }

    [Test]
    public async Task What_the_framework_would_stumble_over_is_told_in_a_line_too()
    {
        var lines = await RefusalOfAsync(("Logging:LogLevel:Default", "Nonsense"));

        Assert.That(lines, Has.Length.EqualTo(2));
        Assert.That(lines[1], Does.StartWith("  Logging__LogLevel__Default must be "));
    }

    [Test]
    public async Task A_database_without_the_schema_ends_the_process_with_what_to_do()
    {
        await using var database = await TestDatabase.CreateEmptyAsync();

        var lines = await RefusalOfAsync(("ConnectionStrings:OpsMantik", database.WorkerConnectionString));

        Assert.That(lines[1], Does.Contain("migrate --database"));
    }

    [Test]
    public async Task A_schema_older_than_the_code_ends_the_process_with_what_to_do()
    {
        await using var database = await TestDatabase.CreateAsync();
        await database.ExecuteAsync(
            "delete from opsmantik_migrations where scriptname = (select max(scriptname) from opsmantik_migrations)");

        var lines = await RefusalOfAsync(("ConnectionStrings:OpsMantik", database.WorkerConnectionString));

        Assert.That(lines[1], Does.Contain("older than this worker"));
    }

    [Test]
    public async Task A_login_without_the_role_ends_the_process_with_what_to_do()
    {
        await using var database = await TestDatabase.CreateAsync();
        var login = $"stranger_{Guid.NewGuid():N}";
        await database.ExecuteAsync($"create role {login} login password 'CANARY-stranger'");
        try
        {
            var connection = new Npgsql.NpgsqlConnectionStringBuilder(database.WorkerConnectionString)
            {
                Username = login,
                Password = "CANARY-stranger",
            };

            var lines = await RefusalOfAsync(("ConnectionStrings:OpsMantik", connection.ConnectionString));

            Assert.That(lines[1], Does.Contain("not a member of service_role"));
        }
        finally
        {
            await database.ExecuteAsync($"drop role {login}");
        }
    }

    [Test]
    public async Task Without_a_database_it_answers_says_so_and_ends_well_on_a_signal()
    {
        var (status, exitCode, text) = await SignalledAsync(HostedWorker.NoDatabase);

        Assert.That((status, exitCode), Is.EqualTo((HttpStatusCode.ServiceUnavailable, 0)));
        Assert.That(text, Does.Match("The database cannot be reached .*: .*Connection refused; ").And.Not.Contain("   at "));
    }

    [Test]
    public async Task A_password_that_the_database_refuses_is_told_as_such()
    {
        await using var database = await TestDatabase.CreateAsync();
        var login = new Npgsql.NpgsqlConnectionStringBuilder(database.WorkerConnectionString) { Password = "CANARY-wrong" };

        var (_, _, text) = await SignalledAsync(login.ConnectionString);

        Assert.That(text, Does.Contain($": password authentication failed for user \"{login.Username}\" (28P01); "));
    }

    /// <summary>Starts a worker that must not run.</summary>
    /// <returns>The sentence and its list.</returns>
    private async Task<string[]> RefusalOfAsync(params (string Name, string? Value)[] settings)
    {
        var (exitCode, text) = host == HostKind.Serve ? await ServedAsync(settings) : await HostedAsync(settings);

        Assert.That(exitCode, Is.EqualTo(host == HostKind.Serve ? 2 : 1), text);
        Assert.That(text, Does.Not.Contain("CANARY-").And.Not.Contain("   at ").And.Contain(Refusal));
        return [.. text.TrimEnd().Split('\n').SkipWhile(line => line != Refusal).TakeWhile(line => line == Refusal || line.StartsWith(' '))];
    }

    private static async Task<(int ExitCode, string Text)> ServedAsync((string Name, string? Value)[] settings)
    {
        using var serve = ServeProcess.Start(settings);
        var (exitCode, _, error) = await serve.EndAsync();
        return (exitCode, error);
    }

    private static async Task<(int? ExitCode, string Text)> HostedAsync((string Name, string? Value)[] settings)
    {
        try
        {
            await using var app = await FunctionsHost.StartAsync(await PublishedApp.FolderAsync(), HostedWorker.Settings(settings));
            var exitCode = await app.WaitForExitAsync();
            return (exitCode, string.Join('\n', app.Output));
        }
        catch (WorkerStartException refused)
        {
            return (refused.ExitCode, string.Join('\n', refused.Lines));
        }
    }

    /// <summary>Starts a worker, waits for its first answer, and sends SIGTERM.</summary>
    private async Task<(HttpStatusCode? Status, int ExitCode, string Text)> SignalledAsync(string connectionString)
    {
        if (host == HostKind.Functions)
        {
            await using var app = await FunctionAppWorker.StartAsync(("ConnectionStrings:OpsMantik", connectionString));
            using var answer = await app.Http.GetAsync(Paths.Health);
            await app.Host.SignalAsync();
            var code = await app.Host.WaitForExitAsync();
            return (answer.StatusCode, code, string.Join('\n', app.Logs));
        }

        var url = $"http://127.0.0.1:{LoopbackPort.FindFree()}";
        using var serve = ServeProcess.Start(("urls", url), ("ConnectionStrings:OpsMantik", connectionString));
        using var http = new HttpClient { BaseAddress = new Uri(url) };
        var status = await http.FirstStatusOfAsync(Paths.Health);
        await serve.TerminateAsync();
        var (exitCode, output, error) = await serve.EndAsync();
        Assert.That(error, Is.Empty);
        return (status, exitCode, output);
    }
}
