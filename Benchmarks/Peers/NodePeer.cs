using System.Globalization;
using System.Security.Cryptography;
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

    /// <param name="bySite">Whether a job is for all sales of a site, not for one: graphile-worker only.</param>
    public async Task<TestbedDatabase> FillAsync(Bench bench, bool bySite, CancellationToken cancellation)
    {
        var database = await bench.Server.CreateDatabaseAsync();
        await database.ExecuteAsync(BenchSql.Load("Peers.node.SaleTables"));
        await RunAsync(database, "fill", new { jobs = bench.Sizes.PeerJobs, sites = bench.Sizes.PeerSites, bySite }, cancellation);
        await database.ExecuteAsync("vacuum analyze");
        return database;
    }

    /// <param name="work">Whether sales are uploaded and their outcomes written; else the handlers are empty.</param>
    /// <returns>Sales per second, from the first claim to the last completion.</returns>
    public async Task<double> DrainAsync(
        TestbedDatabase database, int jobs, NodeSettings settings, bool work, CancellationToken cancellation)
    {
        var output = await RunAsync(
            database, "drain",
            new { jobs, settings.Threads, settings.Concurrency, settings.Batch, settings.Delay, settings.Refuse, work }, cancellation);
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

/// <summary>The scripts with the packages they import, installed from the lock file once per version of it.</summary>
internal sealed record NodeFolder(string Node, string Path)
{
    private static readonly TimeSpan InstallTimeout = TimeSpan.FromMinutes(5);

    /// <exception cref="PeerException">No Node, no npm, or npm fails; the message says what to do.</exception>
    public static async Task<NodeFolder> PrepareAsync(CancellationToken cancellation)
    {
        var node = Find("node");
        var npm = Find("npm");
        var source = System.IO.Path.Combine(AppContext.BaseDirectory, "Peers", "node");
        var locked = await File.ReadAllBytesAsync(System.IO.Path.Combine(source, "package-lock.json"), cancellation);
        var target = System.IO.Path.Combine(Cache(), Convert.ToHexStringLower(SHA256.HashData(locked))[..16]);
        if (!Directory.Exists(System.IO.Path.Combine(target, "node_modules")))
            await InstallAsync(npm, source, target, cancellation);
        // The scripts change more often than what they import.
        foreach (var script in Directory.GetFiles(source).Where(name => System.IO.Path.GetExtension(name) is ".mjs" or ".sql"))
            File.Copy(script, System.IO.Path.Combine(target, System.IO.Path.GetFileName(script)), overwrite: true);
        return new NodeFolder(node, target);
    }

    private static async Task InstallAsync(string npm, string source, string target, CancellationToken cancellation)
    {
        // Beside the target and renamed at the end: a target that exists is whole.
        var staging = $"{target}.{System.IO.Path.GetRandomFileName()}";
        Directory.CreateDirectory(staging);
        try
        {
            foreach (var name in (string[])["package.json", "package-lock.json", ".npmrc"])
                File.Copy(System.IO.Path.Combine(source, name), System.IO.Path.Combine(staging, name));
            var install = new Command(npm, "ci", "--ignore-scripts", "--no-audit", "--no-fund") { Folder = staging };
            var result = await ChildProcess.RunAsync(install, InstallTimeout, cancellation);
            if (!result.Succeeded)
                throw new PeerException($"npm could not install the peers; is its registry reachable? It said:\n{result.Tail}");
            Directory.Move(staging, target);
        }
        catch (IOException) when (Directory.Exists(target))
        {
            // Another run installed it meanwhile.
        }
        finally
        {
            if (Directory.Exists(staging))
                Directory.Delete(staging, recursive: true);
        }
    }

    private static string Find(string program) =>
        SearchPath.Find(OperatingSystem.IsWindows() ? $"{program}.cmd" : program)
        ?? throw new PeerException(
            $"There is no {program} in PATH. graphile-worker and pg-boss come from npm: install Node.js 20 or newer.");

    private static string Cache() => System.IO.Path.Combine(
        Environment.GetFolderPath(
            Environment.SpecialFolder.LocalApplicationData, Environment.SpecialFolderOption.DoNotVerify),
        "opsmantik-benchmarks");
}

/// <summary>How a peer is driven.</summary>
/// <param name="Threads">JavaScript engines, each with a worker of the peer's; as many processes would be.</param>
/// <param name="Concurrency">Jobs (graphile-worker) or batches (pg-boss) side by side in each.</param>
/// <param name="Batch">Jobs claimed at once.</param>
/// <param name="Delay">Milliseconds that graphile-worker's completions, and its outcomes, wait for others to join their batch.</param>
/// <param name="Refuse">Every so many sales of a call to the provider must come again once; 0 for none. One thread only.</param>
internal sealed record NodeSettings(int Threads, int Concurrency, int Batch, int Delay = 0, int Refuse = 0)
{
    public override string ToString() => $"{Threads} × {Concurrency}, batches of {Batch}";
}
