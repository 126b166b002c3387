using Npgsql;
using OpsMantik.Functions.Tests.Support;
using OpsMantik.Local.Postgres;

namespace OpsMantik.Functions.Tests.Local.Postgres;

public class LeftoverTests
{
    private string _parent = "";

    [SetUp]
    public void CreateParent() => _parent = TemporaryFolder.Create();

    [TearDown]
    public void DeleteParent() => Directory.Delete(_parent, recursive: true);

    [Test]
    public async Task The_next_start_stops_the_server_of_a_dead_owner_and_deletes_its_folder()
    {
        var (folder, connection) = await AbandonAsync();
        Assert.That(await PrivatePostgresTests.ScalarAsync(connection, "SELECT 1"), Is.EqualTo(1));

        await using var next = await PrivatePostgres.StartAsync(new PrivatePostgresOptions { ParentFolder = _parent });

        Assert.That(folder, Does.Not.Exist);
        Assert.That(
            async () => await PrivatePostgresTests.ScalarAsync(connection, "SELECT 1"),
            Throws.InstanceOf<NpgsqlException>());
    }

    [Test]
    public async Task The_next_start_leaves_a_living_owners_server_alone()
    {
        var options = new PrivatePostgresOptions { ParentFolder = _parent };
        await using var living = await PrivatePostgres.StartAsync(options);
        await using var next = await PrivatePostgres.StartAsync(options);

        Assert.That(
            await PrivatePostgresTests.ScalarAsync(living.ConnectionString, "SELECT 1"), Is.EqualTo(1));
    }

    [Test]
    public async Task A_leftover_whose_process_id_another_process_has_is_deleted_and_the_process_left_alone()
    {
        var (folder, data) = CreateFolder();
        // This process stands for the innocent one: a signal to it would end the whole test run.
        await File.WriteAllTextAsync(
            Path.Combine(data, "postmaster.pid"), $"{Environment.ProcessId}\n{data}\n1700000000\n5432\n");

        await using var next = await PrivatePostgres.StartAsync(new PrivatePostgresOptions { ParentFolder = _parent });

        Assert.That(folder, Does.Not.Exist);
    }

    /// <summary>What a killed owner leaves: a server that runs, in a folder whose lock the system has lifted.</summary>
    private async Task<(string Folder, string ConnectionString)> AbandonAsync()
    {
        const string password = "CANARY-abandoned";
        var account = await ServerAccount.ChooseAsync(CancellationToken.None);
        var binaries = await PostgresBinaries.FindAsync();
        using var folder = ServerFolder.Create(_parent);
        await folder.InitializeAsync(binaries, account, password, CancellationToken.None);
        var port = LoopbackPort.FindFree();
        var connection = $"Host=127.0.0.1;Port={port};Username=postgres;Password={password};Pooling=false";
        await ServerProcess.StartAsync(
            folder, binaries, account, ["listen_addresses=127.0.0.1", $"port={port}", "unix_socket_directories="],
            new Dictionary<string, string>(), connection, CancellationToken.None);
        return (folder.Root, connection);
    }

    private (string Folder, string Data) CreateFolder()
    {
        using var folder = ServerFolder.Create(_parent);
        Directory.CreateDirectory(folder.Data);
        return (folder.Root, folder.Data);
    }
}
