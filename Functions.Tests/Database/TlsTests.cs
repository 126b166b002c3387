using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Npgsql;
using OpsMantik.Core.Database;
using OpsMantik.Functions.Tests.Cli;
using OpsMantik.Functions.Tests.House;
using OpsMantik.Functions.Tests.Support;
using OpsMantik.Local.Postgres;

namespace OpsMantik.Functions.Tests.Database;

/// <summary>
/// A real server with TLS. It listens on loopback alone; the name by which it is called here is one of another machine to whoever
/// reads the connection string.
/// </summary>
internal sealed class TlsTests
{
    // Names that a system resolves to loopback, and that are not the one that means it: the first that does.
    private static readonly string Elsewhere =
        new[] { Dns.GetHostName(), "localhost.", "database.localhost" }.First(IsLoopback);

    private PrivatePostgres _server = null!;
    private string _folder = null!;
    private string _root = null!;
    private RSA _key = null!;
    private X509Certificate2 _authority = null!;

    [OneTimeSetUp]
    public async Task StartAsync()
    {
        _folder = TemporaryFolder.Create();
        _server = await PrivatePostgres.StartAsync();
        _key = RSA.Create(2048);
        var request = new CertificateRequest("CN=An authority of our own", _key, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(true, false, 0, true));
        _authority = request.CreateSelfSigned(Now.AddDays(-1), Now.AddDays(1));
        _root = Path.Combine(_folder, "root.crt");
        await File.WriteAllTextAsync(_root, _authority.ExportCertificatePem());
    }

    [OneTimeTearDown]
    public async Task StopAsync()
    {
        await _server.DisposeAsync();
        _authority.Dispose();
        _key.Dispose();
        Directory.Delete(_folder, recursive: true);
    }

    [Test, Order(1)]
    public async Task Without_tls_a_server_elsewhere_is_shown_no_password_unless_that_is_written_out()
    {
        var (opened, reason) = await OpenAsync("");

        Assert.That((opened, reason), Is.EqualTo(((bool?)null, reason)));
        Assert.That(reason, Does.Contain("the server has no TLS").And.Contain("SSL Mode=Disable").And.Not.Contain("Password"));
        Assert.That((await OpenAsync("SSL Mode=Disable")).Encrypted, Is.False);
        Assert.That((await OpenAsync("SslMode=prefer")).Encrypted, Is.False, "as the driver spells it too");
        Assert.That((await OpenAsync("", "127.0.0.1")).Encrypted, Is.False, "this machine need prove nothing");
    }

    [Test, Order(2)]
    public async Task With_tls_it_must_prove_its_name_by_an_authority_that_is_trusted_or_given()
    {
        await UseCertificateAsync(names => names.AddDnsName("db.example"));
        var unknown = await OpenAsync("");
        var otherName = await OpenAsync($"Root Certificate={_root}");
        var require = await OpenAsync("SSL Mode=Require");
        await UseCertificateAsync(names => names.AddDnsName(Elsewhere.TrimEnd('.')));
        var proven = await OpenAsync($"Root Certificate={_root}");
        var unproven = await OpenAsync("");

        foreach (var (opened, reason) in new[] { unknown, otherName, unproven })
        {
            Assert.That(opened, Is.Null);
            Assert.That(
                reason,
                Does.Contain("did not prove its name").And.Contain("Root Certificate=<file>").And.Contain("Supabase")
                    .And.Contain("SSL Mode=Require").And.Not.Contain("Password"));
        }

        Assert.That((proven.Encrypted, require.Encrypted), Is.EqualTo((true, true)));
    }

    [Test, Order(3)]
    public async Task Every_command_goes_the_same_way_and_doctor_says_what_is_weak()
    {
        await UseCertificateAsync(names => names.AddDnsName(Elsewhere.TrimEnd('.')));

        foreach (var command in (string[][])[["migrate"], ["status"], ["doctor"], ["demo", "--once", "--database", ConnectionString("")]])
        {
            var (exitCode, output, error) = await CliProcess.RunAsync(ConnectionString(""), command);
            Assert.That(exitCode, Is.Not.Zero, command[0]);
            Assert.That(output + error, Does.Contain("did not prove its name").And.Contain("Root Certificate=<file>"), command[0]);
        }

        Assert.That((await CliProcess.RunAsync(ConnectionString($"Root Certificate={_root}"), ["migrate"])).ExitCode, Is.Zero);
        var doctor = await CliProcess.RunAsync(ConnectionString("SSL Mode=Require"), ["doctor"]);
        Assert.That(doctor.Output, Does.Contain("warn  database tls   the connection string says SSL Mode=Require"));
        Assert.That(doctor.Output, Does.Contain("ok    database "));
    }

    /// <summary>A connection string is opened where it was secured, and nowhere else.</summary>
    [Test]
    public void No_other_file_opens_a_connection_string() => Assert.That(
        SourceTree.CSharp
            .Where(file => file.Key.Split('/')[0] is "Core" or "Web" or "Cli" or "Functions")
            .Where(file => file.Value.Any(line => line.Contains("NpgsqlDataSource.Create(", StringComparison.Ordinal)
                || line.Contains("new NpgsqlConnection(", StringComparison.Ordinal)
                || line.Contains("new NpgsqlDataSourceBuilder(", StringComparison.Ordinal)))
            .Select(file => file.Key),
        Is.EquivalentTo(
        [
            "Core/Database/DatabaseSource.cs",
            // What the commands have signed in.
            "Core/Database/MigrationPlan.cs", "Core/Database/SchemaMigrator.cs", "Cli/Doctor/DatabaseChecks.cs", "Cli/Doctor/PoolerChecks.cs",
            // What it has secured, or its own server.
            "Cli/Demo/DemoDatabase.cs",
        ]));

    private static bool IsLoopback(string name)
    {
        try
        {
            return Dns.GetHostAddresses(name).Contains(IPAddress.Loopback);
        }
        catch (SocketException)
        {
            return false;
        }
    }

    private static DateTimeOffset Now => TimeProvider.System.GetUtcNow();

    private string ConnectionString(string more, string? host = null)
    {
        var own = new NpgsqlConnectionStringBuilder(_server.ConnectionString);
        return $"Host={host ?? Elsewhere};Port={own.Port};Database={own.Database};Username={own.Username};Password={own.Password};"
            + $"GSS Encryption Mode=Disable;Timeout=5;{more}";
    }

    /// <returns>Whether the connection was encrypted, as the server sees it; null and the reason when there was none.</returns>
    private async Task<(bool? Encrypted, string? Reason)> OpenAsync(string more, string? host = null)
    {
        await using var source = DatabaseSource.Create(
            new DatabaseOptions { ConnectionString = ConnectionString($"Pooling=false;{more}", host) },
            () => throw new InvalidOperationException("no token"),
            parallelGroups: 8);
        try
        {
            await using var command = source.CreateCommand("select ssl from pg_stat_ssl where pid = pg_backend_pid()");
            return ((bool?)await command.ExecuteScalarAsync(), null);
        }
        catch (NpgsqlException exception)
        {
            var status = await new DatabaseCheck(source).CheckAsync(CancellationToken.None);
            Assert.That(status.UnavailableReason, Is.EqualTo(DatabaseErrors.Reason(exception)), "as the worker logs it");
            return (null, status.UnavailableReason);
        }
    }

    private async Task UseCertificateAsync(Action<SubjectAlternativeNameBuilder> addNames)
    {
        using var key = RSA.Create(2048);
        var names = new SubjectAlternativeNameBuilder();
        addNames(names);
        var request = new CertificateRequest("CN=database", key, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1);
        request.CertificateExtensions.Add(names.Build());
        using var certificate = request.Create(_authority, Now.AddHours(-1), Now.AddHours(1), RandomNumberGenerator.GetBytes(8));
        await File.WriteAllTextAsync(Path.Combine(_server.DataDirectory, "server.crt"), certificate.ExportCertificatePem());
        var file = Path.Combine(_server.DataDirectory, "server.key");
        await File.WriteAllTextAsync(file, key.ExportPkcs8PrivateKeyPem());
        if (!OperatingSystem.IsWindows())
            File.SetUnixFileMode(file, UnixFileMode.UserRead | UnixFileMode.UserWrite);
        await (await ServerAccount.ChooseAsync(CancellationToken.None)).ChangeOwnerAsync(_server.DataDirectory, CancellationToken.None);
        await using (var source = NpgsqlDataSource.Create(_server.ConnectionString))
        {
            await using var command = source.CreateCommand("alter system set ssl = on");
            await command.ExecuteNonQueryAsync();
        }

        await _server.RestartAsync();
    }
}
