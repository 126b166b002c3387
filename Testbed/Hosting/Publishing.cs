using System.Diagnostics;
using System.Runtime.InteropServices;

namespace OpsMantik.Testbed.Hosting;

/// <summary>Builds programs of this repository for Release.</summary>
public static class Publishing
{
    private static readonly TimeSpan BuildTimeout = TimeSpan.FromMinutes(5);

    /// <summary>The repository that this program was built from.</summary>
    /// <exception cref="InvalidOperationException">It was built elsewhere, or moved.</exception>
    public static string Root { get; } = FindRoot();

    /// <summary>Publishes a function app as the deployment does, compiled ahead.</summary>
    /// <param name="project">Its project file, from the repository's root.</param>
    /// <param name="output">The folder that the host is given; made where it is missing.</param>
    /// <exception cref="InvalidOperationException">It could not be built; quotes the build.</exception>
    public static Task PublishAsync(string project, string output, CancellationToken cancellation) =>
        RunAsync(Root, ["publish", project, "-r", RuntimeInformation.RuntimeIdentifier, "-o", output], cancellation);

    /// <summary>Builds a project of this repository, or of another checkout of it.</summary>
    /// <param name="root">The checkout.</param>
    /// <exception cref="InvalidOperationException">It could not be built; quotes the build.</exception>
    public static Task BuildAsync(string root, string project, string output, CancellationToken cancellation) =>
        RunAsync(root, ["build", project, "-o", output], cancellation);

    private static async Task RunAsync(string root, string[] command, CancellationToken cancellation)
    {
        // Build servers outlive the build and would hold its output open.
        var start = new ProcessStartInfo("dotnet", [.. command, "-c", "Release", "-nodeReuse:false", "-p:UseSharedCompilation=false"])
        {
            WorkingDirectory = root,
            RedirectStandardOutput = true,
        };
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        limit.CancelAfter(BuildTimeout);
        using var build = Process.Start(start)!;
        try
        {
            var log = await build.StandardOutput.ReadToEndAsync(limit.Token);
            await build.WaitForExitAsync(limit.Token);
            if (build.ExitCode != 0)
                throw new InvalidOperationException($"{command[1]} could not be built:\n{log}");
        }
        finally
        {
            if (!build.HasExited)
                build.Kill(entireProcessTree: true);
        }
    }

    private static string FindRoot()
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (folder is not null && !File.Exists(Path.Combine(folder.FullName, "OpsMantik.Functions.sln")))
            folder = folder.Parent;
        return folder?.FullName ?? throw new InvalidOperationException("This runs inside the repository only.");
    }
}
