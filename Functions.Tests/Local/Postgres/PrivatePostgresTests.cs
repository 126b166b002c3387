using System.Net;
using System.Net.NetworkInformation;
using Npgsql;
using OpsMantik.Local;
using OpsMantik.Local.Postgres;

namespace OpsMantik.Functions.Tests.Local.Postgres;

public class PrivatePostgresTests
{
    [Test]
    public async Task Two_servers_answer_side_by_side_in_folders_of_their_own()
    {
        await using var one = await PrivatePostgres.StartAsync();
        await using var other = await PrivatePostgres.StartAsync();

        Assert.That(one.Port, Is.Not.EqualTo(other.Port));
        Assert.That(one.DataDirectory, Is.Not.EqualTo(other.DataDirectory));
        foreach (var server in (PrivatePostgres[])[one, other])
            Assert.That(
                await ScalarAsync(server.ConnectionString, "SELECT current_setting('data_directory')"),
                Is.EqualTo(server.DataDirectory));
    }

    [Test]
    public async Task It_stores_text_as_UTF8_and_sorts_it_by_bytes()
    {
        await using var server = await PrivatePostgres.StartAsync();

        var settings = await ScalarAsync(
            server.ConnectionString,
            """
            SELECT pg_encoding_to_char(encoding) || ' ' || datcollate || ' ' || current_setting('TimeZone')
            FROM pg_database WHERE datname = current_database()
            """);

        Assert.That(settings, Is.EqualTo("UTF8 C UTC"));
    }

    [Test]
    public async Task Disposing_ends_the_server_and_deletes_its_folder()
    {
        var server = await PrivatePostgres.StartAsync();
        var (folder, connection) = (Path.GetDirectoryName(server.DataDirectory), server.ConnectionString);
        Assert.That(folder, Does.Exist);

        await server.DisposeAsync();

        Assert.That(folder, Does.Not.Exist);
        Assert.That(async () => await ScalarAsync(connection, "SELECT 1"), Throws.InstanceOf<NpgsqlException>());
    }

    [Test]
    public async Task Committed_rows_outlive_a_restart_and_a_crash([Values] bool immediate, [Values] bool durable)
    {
        await using var server = await PrivatePostgres.StartAsync(new PrivatePostgresOptions { Durable = durable });
        var connection = server.ConnectionString;
        await ScalarAsync(connection, "CREATE TABLE kept AS SELECT n FROM generate_series(1, 1000) n");

        await server.StopAsync(immediate);
        Assert.That(async () => await ScalarAsync(connection, "SELECT 1"), Throws.InstanceOf<NpgsqlException>());
        await server.RestartAsync();

        Assert.That(server.ConnectionString, Is.EqualTo(connection));
        Assert.That(await ScalarAsync(connection, "SELECT count(*) FROM kept"), Is.EqualTo(1000));
        Assert.That(await ScalarAsync(connection, "SHOW fsync"), Is.EqualTo(durable ? "on" : "off"));
    }

    [Test]
    public async Task A_server_that_cannot_start_is_reported_with_its_log()
    {
        await using var server = await PrivatePostgres.StartAsync();
        await server.StopAsync();
        await File.AppendAllTextAsync(Path.Combine(server.DataDirectory, "postgresql.conf"), "no_such_setting = 1\n");

        Assert.That(
            async () => await server.RestartAsync(),
            Throws.TypeOf<PrivatePostgresException>().With.Message.Contains("no_such_setting"));
    }

    [Test]
    public async Task The_server_listens_on_loopback_and_nowhere_else()
    {
        await using var server = await PrivatePostgres.StartAsync();

        var listeners = IPGlobalProperties.GetIPGlobalProperties().GetActiveTcpListeners()
            .Where(listener => listener.Port == server.Port).Select(listener => listener.Address);

        Assert.That(listeners, Is.EqualTo(new[] { IPAddress.Loopback }));
        Assert.That(Directory.GetFiles(Path.GetTempPath(), $".s.PGSQL.{server.Port}*"), Is.Empty);
    }

    [Test]
    public async Task Only_the_servers_own_password_opens_it()
    {
        await using var server = await PrivatePostgres.StartAsync();
        var wrong = server.ConnectionStringFor("postgres", "postgres", "CANARY-not-the-password");

        Assert.That(
            async () => await ScalarAsync(wrong, "SELECT 1"),
            Throws.TypeOf<PostgresException>().With.Property("SqlState").EqualTo("28P01"));
        Assert.That(Directory.GetFiles(Path.GetDirectoryName(server.DataDirectory)!, "password"), Is.Empty);
        Assert.That(server.ToString(), Is.EqualTo("[redacted]"));
    }

    [Test]
    [Platform(Exclude = "Win", Reason = "Asks with Unix programs.")]
    public async Task The_server_never_runs_as_root_whichever_launcher_there_is()
    {
        foreach (var launcher in ServerAccount.Launchers.Where(name => SearchPath.Find(name) is not null))
        {
            var account = await ServerAccount.ChooseAsync(CancellationToken.None, launcher);
            var command = new Command(
                SearchPath.Find("sh")!, "-c", "id -u; printf '%s' \"$2\"", "sh", "-D", "a 'b' $c");

            var result = await ChildProcess.RunAsync(account.RunDetached(command), TimeSpan.FromSeconds(20));

            var lines = result.Output.Split('\n');
            Assert.That(lines[0], Is.Not.EqualTo("0").And.Not.Empty, launcher);
            Assert.That(lines[1], Is.EqualTo("a 'b' $c"), launcher);
        }
    }

    internal static async Task<object?> ScalarAsync(string connectionString, string sql)
    {
        await using var connection = new NpgsqlConnection(
            new NpgsqlConnectionStringBuilder(connectionString) { Pooling = false }.ConnectionString);
        await connection.OpenAsync();
        await using var command = new NpgsqlCommand(sql, connection);
        return await command.ExecuteScalarAsync();
    }
}
