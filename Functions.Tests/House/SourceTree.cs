namespace OpsMantik.Functions.Tests.House;

/// <summary>The repository's files, for rules about them.</summary>
internal static class SourceTree
{
    public static string Root { get; } = FindRoot();

    /// <summary>Every C# file written by hand, path relative to the root, with its lines.</summary>
    public static IReadOnlyDictionary<string, string[]> CSharp { get; } = Directory
        .EnumerateFiles(Root, "*.cs", SearchOption.AllDirectories)
        .Select(path => Path.GetRelativePath(Root, path).Replace('\\', '/'))
        .Where(path => !path.Split('/').Any(part => part is "obj" or "bin" or "out" or "artifacts"))
        .ToDictionary(path => path, path => File.ReadAllLines(Path.Combine(Root, path)));

    private static string FindRoot()
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (folder is not null && !File.Exists(Path.Combine(folder.FullName, "OpsMantik.Functions.sln")))
            folder = folder.Parent;
        return folder?.FullName ?? throw new InvalidOperationException("The tests do not run inside the repository.");
    }
}
