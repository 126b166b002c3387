using System.Net;
using System.Net.NetworkInformation;
using Npgsql;
using OpsMantik.Local.Postgres;

namespace OpsMantik.Functions.Tests.Local.Postgres;

public class LoopbackOnlyTests
{
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
            async () => await PrivatePostgresTests.ScalarAsync(wrong, "SELECT 1"),
            Throws.TypeOf<PostgresException>().With.Property("SqlState").EqualTo("28P01"));
        Assert.That(Directory.GetFiles(Path.GetDirectoryName(server.DataDirectory)!, "password"), Is.Empty);
        Assert.That(server.ToString(), Is.EqualTo("[redacted]"));
    }
}
