using System.Diagnostics;

namespace OpsMantik.Local;

/// <summary>Runs programs to their end. Arguments are passed as a list, never through a shell.</summary>
internal static class ChildProcess
{
    /// <summary>Runs a program and gathers its output; kills it, with its children, when the time is over.</summary>
    /// <exception cref="TimeoutException">It did not end in time.</exception>
    public static async Task<ChildResult> RunAsync(
        Command command, TimeSpan timeout, CancellationToken cancellation = default)
    {
        using var process = Process.Start(command.ToStartInfo())!;
        process.StandardInput.Close();
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        limit.CancelAfter(timeout);
        try
        {
            var output = process.StandardOutput.ReadToEndAsync(limit.Token);
            var error = process.StandardError.ReadToEndAsync(limit.Token);
            await process.WaitForExitAsync(limit.Token);
            return new ChildResult(process.ExitCode, await output, await error);
        }
        catch (OperationCanceledException)
        {
            process.Kill(entireProcessTree: true);
            cancellation.ThrowIfCancellationRequested();
            throw new TimeoutException($"{command.Name} did not end within {timeout.TotalSeconds:0} seconds.");
        }
    }
}

/// <summary>How a child process ended, and what it wrote to standard output and standard error.</summary>
internal sealed record ChildResult(int ExitCode, string Output, string Error)
{
    public bool Succeeded => ExitCode == 0;

    /// <summary>The last lines it wrote, for an error message.</summary>
    public string Tail => string.Join('\n', $"{Output}\n{Error}".Trim().Split('\n').TakeLast(10));
}

/// <summary>A program and its arguments, and the folder to run it in.</summary>
internal sealed record Command(string File, params IReadOnlyList<string> Arguments)
{
    public string? Folder { get; init; }

    /// <summary>Added to what the child inherits: for secrets, which arguments would show in the list of processes.</summary>
    public Dictionary<string, string> Environment { get; } = [];

    public string Name => Path.GetFileNameWithoutExtension(File);

    /// <summary>This command as the arguments of another one (<c>setsid</c>, <c>setpriv</c>).</summary>
    public Command RunWith(string launcher, params IEnumerable<string> options) =>
        this with { File = launcher, Arguments = [.. options, File, .. Arguments] };

    public ProcessStartInfo ToStartInfo()
    {
        var start = new ProcessStartInfo(File, Arguments)
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            // The caller's folder may be closed to the account the child runs as.
            WorkingDirectory = Folder ?? Path.GetDirectoryName(File),
        };
        // Messages in English, and no settings of the user's own PostgreSQL (PGPORT, PGOPTIONS ...).
        start.Environment["LC_ALL"] = "C";
        string[] names = [.. start.Environment.Keys];
        foreach (var name in names.Where(name => name.StartsWith("PG", StringComparison.Ordinal)))
            start.Environment.Remove(name);
        foreach (var (name, value) in Environment)
            start.Environment[name] = value;
        return start;
    }
}

/// <summary>Finds programs the way a shell does.</summary>
internal static class SearchPath
{
    /// <summary>The full path of a program in PATH, or in the system's folders that it may lack.</summary>
    public static string? Find(string program) =>
        Folders().Select(folder => Path.Combine(folder, program)).FirstOrDefault(Exists);

    public static IEnumerable<string> Folders()
    {
        var path = (Environment.GetEnvironmentVariable("PATH") ?? "")
            .Split(Path.PathSeparator, StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
        return OperatingSystem.IsWindows() ? path : path.Concat(["/usr/sbin", "/usr/bin", "/sbin", "/bin"]).Distinct();
    }

    // A link whose target is gone counts as a file.
    private static bool Exists(string path) =>
        File.Exists(path) && File.ResolveLinkTarget(path, returnFinalTarget: true) is null or { Exists: true };
}
