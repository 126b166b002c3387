using System.Net;
using OpsMantik.Functions.Tests.Support;
using OpsMantik.Local.Postgres;

namespace OpsMantik.Functions.Tests.Functions.Startup;

public class StartupTests
{
    private const string Refusal = "OpsMantik Functions cannot start:";

    [Test]
    public async Task Faulty_settings_end_the_process_with_a_short_list()
    {
        using var app = AppProcess.Start(("OPSMANTIK_VAULT_KEY", "CANARY-short"), ("UPLOAD_SCHEDULE", "hourly"));

        var (exitCode, output, error) = await app.EndAsync();

        Assert.That(exitCode, Is.EqualTo(1));
        var lines = error.TrimEnd().Split('\n', StringSplitOptions.TrimEntries);
        Assert.That(lines, Has.Length.EqualTo(3));
        Assert.That(lines[0], Is.EqualTo(Refusal));
        Assert.That(lines[1], Does.StartWith("OPSMANTIK_VAULT_KEY "));
        Assert.That(lines[2], Does.StartWith("UPLOAD_SCHEDULE "));
        Assert.That(output + error, Does.Not.Contain("CANARY-").And.Not.Contain("Exception"));
    }

    [TestCase("urls", "http://127.0.0.1:99999", "ASPNETCORE_URLS")]
    [TestCase("Logging:LogLevel:Default", "Nonsense", "Logging__LogLevel__Default")]
    public async Task What_the_framework_would_stumble_over_is_told_in_a_line_too(string name, string value, string setting)
    {
        using var app = AppProcess.Start((name, value));

        var (exitCode, output, error) = await app.EndAsync();

        Assert.That(exitCode, Is.EqualTo(1), output);
        Assert.That(error.TrimEnd(), Does.Match($"^{Refusal}\r?\n  {setting} must be [^\n]+$"));
    }

    [Test]
    public async Task A_database_without_the_schema_ends_the_process_with_what_to_do()
    {
        await using var database = await TestDatabase.CreateEmptyAsync();

        await AssertRefusedAsync(database.WorkerConnectionString, "migrate --database");
    }

    [Test]
    public async Task A_schema_older_than_the_code_ends_the_process_with_what_to_do()
    {
        await using var database = await TestDatabase.CreateAsync();
        await database.ExecuteAsync(
            "delete from opsmantik_migrations where scriptname = (select max(scriptname) from opsmantik_migrations)");

        await AssertRefusedAsync(database.WorkerConnectionString, "older than this worker");
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
            await AssertRefusedAsync(connection.ConnectionString, "not a member of service_role");
        }
        finally
        {
            await database.ExecuteAsync($"drop role {login}");
        }
    }

    [Test]
    public async Task Without_a_database_it_listens_says_so_and_ends_well_on_a_signal()
    {
        var url = $"http://127.0.0.1:{LoopbackPort.FindFree()}";
        using var app = AppProcess.Start(("urls", url));
        using var http = new HttpClient { BaseAddress = new Uri(url) };

        var status = await FirstStatusAsync(http);
        await app.TerminateAsync();
        var (exitCode, output, error) = await app.EndAsync();
        Assert.That(status, Is.EqualTo(HttpStatusCode.ServiceUnavailable));
        Assert.That(exitCode, Is.Zero);
        Assert.That(error, Is.Empty);
        Assert.That(
            output,
            Does.Match("The database cannot be reached .*: .*Connection refused; ").And.Not.Contain("CANARY-").And.Not.Contain("   at "));
    }

    [Test]
    public async Task A_password_that_the_database_refuses_is_told_as_such()
    {
        await using var database = await TestDatabase.CreateAsync();
        var login = new Npgsql.NpgsqlConnectionStringBuilder(database.WorkerConnectionString) { Password = "CANARY-wrong" };
        var url = $"http://127.0.0.1:{LoopbackPort.FindFree()}";
        using var app = AppProcess.Start(("urls", url), ("ConnectionStrings:OpsMantik", login.ConnectionString));
        using var http = new HttpClient { BaseAddress = new Uri(url) };

        await FirstStatusAsync(http);
        await app.TerminateAsync();
        var (_, output, error) = await app.EndAsync();

        Assert.That(output, Does.Contain($": password authentication failed for user \"{login.Username}\" (28P01); "));
        Assert.That(output + error, Does.Not.Contain("CANARY-"));
    }

    [Test]
    [Platform("Linux")]
    public async Task With_a_password_nothing_is_loaded_that_only_a_token_or_a_migration_needs()
    {
        await using var database = await TestDatabase.CreateAsync();
        var url = $"http://127.0.0.1:{LoopbackPort.FindFree()}";
        using var app = AppProcess.Start(
            ("urls", url), ("ConnectionStrings:OpsMantik", database.WorkerConnectionString));
        using var http = new HttpClient { BaseAddress = new Uri(url) };

        Assert.That(await FirstStatusAsync(http), Is.EqualTo(HttpStatusCode.OK));

        var mapped = app.MappedFiles();
        Assert.That(mapped, Has.Some.EndsWith("/Npgsql.dll"), "libraries are among them");
        Assert.That(mapped, Has.None.Contains("/Azure.").And.None.Contains("/Microsoft.Identity").And.None.Contains("/dbup-"));
    }

    private static async Task<HttpStatusCode?> FirstStatusAsync(HttpClient http)
    {
        for (var attempt = 0; attempt < 200; attempt++)
        {
            try
            {
                using var response = await http.GetAsync(Paths.Health);
                return response.StatusCode;
            }
            catch (HttpRequestException)
            {
                await Task.Delay(50);
            }
        }

        return null;
    }

    private static async Task AssertRefusedAsync(string connectionString, string advice)
    {
        using var app = AppProcess.Start(("ConnectionStrings:OpsMantik", connectionString));

        var (exitCode, output, error) = await app.EndAsync();

        Assert.That(exitCode, Is.EqualTo(1), output);
        Assert.That(error, Does.StartWith(Refusal).And.Contain(advice));
        Assert.That(output + error, Does.Not.Contain("CANARY-").And.Not.Contain("   at "));
    }
}
