using System.Diagnostics;
using System.Runtime.InteropServices;

namespace OpsMantik.Testbed.Hosting;

/// <summary>Publishes function apps of this repository as the deployment does: a Release build, compiled ahead.</summary>
public static class Publishing
{
    private static readonly TimeSpan BuildTimeout = TimeSpan.FromMinutes(5);

    /// <param name="project">Its project file, from the repository's root.</param>
    /// <param name="output">The folder that the host is given; made where it is missing.</param>
    /// <exception cref="InvalidOperationException">It could not be built; quotes the build.</exception>
    public static async Task PublishAsync(string project, string output, CancellationToken cancellation)
    {
        // Build servers outlive the build and would hold its output open.
        var start = new ProcessStartInfo(
            "dotnet",
            ["publish", project, "-c", "Release", "-r", RuntimeInformation.RuntimeIdentifier, "-o", output, "-nodeReuse:false",
                "-p:UseSharedCompilation=false"])
        {
            WorkingDirectory = Root(),
            RedirectStandardOutput = true,
        };
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        limit.CancelAfter(BuildTimeout);
        using var publish = Process.Start(start)!;
        try
        {
            var log = await publish.StandardOutput.ReadToEndAsync(limit.Token);
            await publish.WaitForExitAsync(limit.Token);
            if (publish.ExitCode != 0)
                throw new InvalidOperationException($"{project} could not be published:\n{log}");
        }
        finally
        {
            if (!publish.HasExited)
                publish.Kill(entireProcessTree: true);
        }
    }

    private static string Root()
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (folder is not null && !File.Exists(Path.Combine(folder.FullName, "OpsMantik.Functions.sln")))
            folder = folder.Parent;
        return folder?.FullName ?? throw new InvalidOperationException("This runs inside the repository only.");
    }
}
