namespace OpsMantik.Local.Processes;

/// <summary>Finds programs the way a shell does.</summary>
internal static class SearchPath
{
    /// <summary>The full path of a program in PATH, or in the system's folders that it may lack.</summary>
    public static string? Find(string program) =>
        Folders().Select(folder => Path.Combine(folder, program)).FirstOrDefault(IsThere);

    public static IEnumerable<string> Folders()
    {
        var path = (Environment.GetEnvironmentVariable("PATH") ?? "")
            .Split(Path.PathSeparator, StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
        return OperatingSystem.IsWindows() ? path : path.Concat(["/usr/sbin", "/usr/bin", "/sbin", "/bin"]).Distinct();
    }

    // A link whose target is gone counts as a file.
    private static bool IsThere(string path) =>
        File.Exists(path) && File.ResolveLinkTarget(path, returnFinalTarget: true) is null or { Exists: true };
}
