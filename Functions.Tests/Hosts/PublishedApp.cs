using System.Diagnostics;
using System.IO.Compression;
using OpsMantik.Functions.Tests.House;

namespace OpsMantik.Functions.Tests.Hosts;

/// <summary>The programs as they are deployed, each published once for all tests that want it.</summary>
internal static class PublishedApp
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(5);

    // Two builds at once would write the same files.
    private static readonly SemaphoreSlim OneAtATime = new(1);

    private static readonly Lazy<Task<string>> Functions = new(PackAsync);
    private static readonly Lazy<Task<string>> Cli = new(PublishCliAsync);

    /// <summary>The function app, packed by the deployment's own script and unpacked: what the Functions host is given.</summary>
    public static Task<string> FolderAsync() => Functions.Value;

    /// <summary>The command line as its container has it.</summary>
    public static Task<string> CliFolderAsync() => Cli.Value;

    /// <summary>Takes away what tests asked for.</summary>
    public static void Drop()
    {
        foreach (var published in new[] { Functions, Cli }.Where(published => published is { IsValueCreated: true, Value.IsCompletedSuccessfully: true }))
            Directory.Delete(published.Value.Result, recursive: true);
    }

    private static async Task<string> PackAsync()
    {
        var folder = NewFolder();
        var package = Path.Combine(folder, "worker.zip");
        await RunAsync("bash", Path.Combine(SourceTree.Root, "infra", "package.sh"), package);
        ZipFile.ExtractToDirectory(package, folder);
        File.Delete(package);
        return folder;
    }

    private static async Task<string> PublishCliAsync()
    {
        var folder = NewFolder();
        await RunAsync(
            "dotnet", "publish", "Cli", "-c", "Release", "-o", folder, "--no-restore", "-nodeReuse:false", "-p:UseSharedCompilation=false");
        return folder;
    }

    private static async Task RunAsync(string program, params string[] arguments)
    {
        await OneAtATime.WaitAsync();
        using var limit = new CancellationTokenSource(Patience);
        using var process = new Process
        {
            StartInfo = new ProcessStartInfo(program, arguments) { WorkingDirectory = SourceTree.Root, RedirectStandardOutput = true },
        };
        try
        {
            process.Start();
            var output = await process.StandardOutput.ReadToEndAsync(limit.Token);
            await process.WaitForExitAsync(limit.Token);
            Assert.That(process.ExitCode, Is.Zero, output);
        }
        finally
        {
            if (!process.HasExited)
                process.Kill(entireProcessTree: true);
            OneAtATime.Release();
        }
    }

    private static string NewFolder() => Directory.CreateTempSubdirectory("opsmantik-published-").FullName;
}
