using System.Globalization;
using System.Text.Json;
using Npgsql;
using OpsMantik.Local;
using OpsMantik.Testbed;

namespace OpsMantik.Benchmarks.Peers;

/// <summary>A queue from npm, filled and drained by its own script in <c>node/</c>.</summary>
internal sealed class NodePeer(string name, NodeFolder folder)
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(10);

    public string Name => name;

    public async Task<TestbedDatabase> FillAsync(Bench bench, int jobs, CancellationToken cancellation)
    {
        var database = await bench.Server.CreateDatabaseAsync();
        await RunAsync(database, "fill", new { jobs }, cancellation);
        await database.ExecuteAsync("vacuum analyze");
        return database;
    }

    /// <returns>Jobs per second, from the first claim to the last completion.</returns>
    public async Task<double> DrainAsync(
        TestbedDatabase database, int jobs, NodeSettings settings, CancellationToken cancellation)
    {
        var output = await RunAsync(
            database, "drain",
            new { jobs, settings.Threads, settings.Concurrency, settings.Batch, settings.Delay }, cancellation);
        var last = output.Trim().Split('\n')[^1];
        return jobs / JsonDocument.Parse(last).RootElement.GetProperty("seconds").GetDouble();
    }

    private async Task<string> RunAsync(
        TestbedDatabase database, string step, object settings, CancellationToken cancellation)
    {
        var command = new Command(
            folder.Node, "drain.mjs", name, step, JsonSerializer.Serialize(settings, JsonSerializerOptions.Web))
        {
            Folder = folder.Path,
            Environment = { ["DATABASE_URL"] = Url(database.AdminConnectionString) },
        };
        var result = await ChildProcess.RunAsync(command, Patience, cancellation);
        return result.Succeeded ? result.Output : throw new PeerException($"{name} could not {step}:\n{result.Tail}");
    }

    private static string Url(string connectionString)
    {
        var to = new NpgsqlConnectionStringBuilder(connectionString);
        return string.Create(CultureInfo.InvariantCulture,
            $"postgres://{to.Username}:{Uri.EscapeDataString(to.Password!)}@{to.Host}:{to.Port}/{to.Database}");
    }
}
