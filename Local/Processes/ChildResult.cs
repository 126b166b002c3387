namespace OpsMantik.Local.Processes;

/// <summary>How a child process ended, and what it wrote to standard output and standard error.</summary>
internal sealed record ChildResult(int ExitCode, string Output, string Error)
{
    public bool Succeeded => ExitCode == 0;

    /// <summary>The last lines it wrote, for an error message.</summary>
    public string Tail => string.Join('\n', $"{Output}\n{Error}".Trim().Split('\n').TakeLast(10));
}
