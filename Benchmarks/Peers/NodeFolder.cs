using System.Security.Cryptography;
using OpsMantik.Local;

namespace OpsMantik.Benchmarks.Peers;

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
        foreach (var script in Directory.GetFiles(source, "*.mjs"))
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
