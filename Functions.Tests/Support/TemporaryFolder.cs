namespace OpsMantik.Functions.Tests.Support;

internal static class TemporaryFolder
{
    /// <summary>A new folder that every user may enter: root's server runs as another one.</summary>
    public static string Create()
    {
        var path = Path.Combine(Path.GetTempPath(), "opsmantik-test-" + Path.GetRandomFileName());
        Directory.CreateDirectory(path);
        Open(path);
        return path;
    }

    /// <summary>Lets every user enter a folder, or run a file.</summary>
    public static void Open(string path)
    {
        if (!OperatingSystem.IsWindows())
            File.SetUnixFileMode(path, (UnixFileMode)0b111_101_101);
    }
}
