using System.Diagnostics;
using OpsMantik.Testbed;
using OpsMantik.Testbed.Hosting;

namespace OpsMantik.Benchmarks.Compare;

/// <summary>The command line of one state of the source, built for Release.</summary>
/// <param name="Program">Its <c>opsmantik.dll</c>.</param>
internal sealed record WorkerBuild(string Program)
{
    private const string Project = "Cli/OpsMantik.Cli.csproj";

    private static readonly TimeSpan CommandTimeout = TimeSpan.FromMinutes(2);

    /// <summary>Builds a commit in a checkout of its own, which is gone afterwards.</summary>
    /// <exception cref="InvalidOperationException">There is no such commit, or it does not build; the message quotes why.</exception>
    public static async Task<WorkerBuild> OfCommitAsync(string commit, string folder, CancellationToken cancellation)
    {
        var checkout = Path.Combine(folder, "checkout");
        // What follows -- is no option, whatever it looks like.
        await RunAsync(Publishing.Root, "git", ["worktree", "add", "--detach", "--quiet", "--", checkout, commit], null, cancellation);
        try
        {
            return await BuildAsync(checkout, Path.Combine(folder, "then"), cancellation);
        }
        finally
        {
            await RunAsync(Publishing.Root, "git", ["worktree", "remove", "--force", checkout], null, CancellationToken.None);
        }
    }

    /// <summary>Builds what this program's own source says now, with what is not committed.</summary>
    /// <exception cref="InvalidOperationException">It does not build; the message quotes why.</exception>
    public static Task<WorkerBuild> OfWorkingTreeAsync(string folder, CancellationToken cancellation) =>
        BuildAsync(Publishing.Root, Path.Combine(folder, "now"), cancellation);

    /// <summary>Brings an empty database to this build's schema.</summary>
    public Task MigrateAsync(TestbedDatabase database, CancellationToken cancellation) =>
        RunAsync(Path.GetTempPath(), "dotnet", [Program, "migrate"], database.AdminConnectionString, cancellation);

    private static async Task<WorkerBuild> BuildAsync(string root, string output, CancellationToken cancellation)
    {
        await Publishing.BuildAsync(root, Project, output, cancellation);
        return new WorkerBuild(Path.Combine(output, "opsmantik.dll"));
    }

    private static async Task RunAsync(
        string folder, string program, string[] arguments, string? connectionString, CancellationToken cancellation)
    {
        var start = new ProcessStartInfo(program, arguments)
        {
            WorkingDirectory = folder,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        if (connectionString is not null)
            start.Environment["ConnectionStrings__OpsMantik"] = connectionString;
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        limit.CancelAfter(CommandTimeout);
        using var process = Process.Start(start)!;
        try
        {
            var output = process.StandardOutput.ReadToEndAsync(limit.Token);
            var error = await process.StandardError.ReadToEndAsync(limit.Token);
            await process.WaitForExitAsync(limit.Token);
            if (process.ExitCode != 0)
                throw new InvalidOperationException($"{program} {arguments[0]} ended with {process.ExitCode}: {error}{await output}");
        }
        finally
        {
            if (!process.HasExited)
                process.Kill(entireProcessTree: true);
        }
    }
}
