using System.Diagnostics;
using OpsMantik.Functions.Tests.House;

namespace OpsMantik.Functions.Tests.Functions.Hosting;

/// <summary>The function app as it is deployed: published once for the tests of this folder.</summary>
[SetUpFixture]
public sealed class PublishedApp
{
    /// <summary>The folder that the Functions host is given.</summary>
    internal static string Folder { get; private set; } = null!;

    [OneTimeSetUp]
    public async Task PublishAsync()
    {
        Folder = Directory.CreateTempSubdirectory("opsmantik-published-").FullName;
        // Processes that outlive the build would hold its output open.
        var start = new ProcessStartInfo(
            "dotnet",
            ["publish", "Functions", "-c", "Release", "-o", Folder, "--no-restore", "-nodeReuse:false",
                "-p:UseSharedCompilation=false"])
        {
            WorkingDirectory = SourceTree.Root,
            RedirectStandardOutput = true,
        };
        using var limit = new CancellationTokenSource(TimeSpan.FromMinutes(4));
        using var publish = Process.Start(start)!;
        try
        {
            var output = await publish.StandardOutput.ReadToEndAsync(limit.Token);
            await publish.WaitForExitAsync(limit.Token);
            Assert.That(publish.ExitCode, Is.Zero, output);
        }
        finally
        {
            if (!publish.HasExited)
                publish.Kill(entireProcessTree: true);
        }
    }

    [OneTimeTearDown]
    public void Drop() => Directory.Delete(Folder, recursive: true);
}
