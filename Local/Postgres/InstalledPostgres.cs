using OpsMantik.Local.Processes;

namespace OpsMantik.Local.Postgres;

/// <summary>The folders in which PostgreSQL's packages put the server programs.</summary>
internal static class InstalledPostgres
{
    /// <summary>Folders to try, best first: those of PATH, then the usual ones, newest version first.</summary>
    public static IEnumerable<string> Folders() =>
        SearchPath.Folders().Select(RealFolder).OfType<string>().Concat(UsualFolders()).Distinct();

    /// <summary>
    /// PATH often has links only (Homebrew, Debian's alternatives), and PostgreSQL finds its libraries and its
    /// catalog beside the real programs: what counts is the folder they all resolve to.
    /// </summary>
    private static string? RealFolder(string folder)
    {
        string[] programs = OperatingSystem.IsWindows()
            ? ["initdb.exe", "postgres.exe", "pg_ctl.exe"]
            : ["initdb", "postgres", "pg_ctl"];
        var real = programs.Select(program => RealFile(Path.Combine(folder, program))).ToList();
        var folders = real.Select(Path.GetDirectoryName).Distinct().ToList();
        return real.All(File.Exists) && folders is [{ } one] ? one : null;
    }

    private static string? RealFile(string path)
    {
        try
        {
            return File.ResolveLinkTarget(path, returnFinalTarget: true)?.FullName ?? Path.GetFullPath(path);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    private static IEnumerable<string> UsualFolders()
    {
        if (OperatingSystem.IsWindows())
            return Versions(
                Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.ProgramFiles), "PostgreSQL"), "*");

        return
        [
            .. Versions("/usr/lib/postgresql", "*"),
            .. Versions("/usr", "pgsql-*"),
            .. Versions("/opt/homebrew/opt", "postgresql*"),
            .. Versions("/usr/local/opt", "postgresql*"),
        ];
    }

    private static IEnumerable<string> Versions(string parent, string pattern) =>
        Directory.Exists(parent)
            ? Directory.EnumerateDirectories(parent, pattern)
                .OrderByDescending(folder => VersionOf(Path.GetFileName(folder)))
                .Select(folder => Path.Combine(folder, "bin"))
            : [];

    private static decimal VersionOf(string folder) =>
        decimal.TryParse(folder.Split('-', '@')[^1], out var version) ? version : 0;
}
