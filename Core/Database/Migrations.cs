namespace OpsMantik.Core.Database;

/// <summary>The numbered scripts this code was built with.</summary>
internal static class Migrations
{
    private const string Folder = "OpsMantik.Core.Database.Migrations.";

    /// <summary>File names in order, <c>0001_application.sql</c> first.</summary>
    public static IReadOnlyList<string> Names { get; } =
    [
        .. typeof(Migrations).Assembly.GetManifestResourceNames()
            .Where(name => name.StartsWith(Folder, StringComparison.Ordinal))
            .Select(name => name[Folder.Length..])
            .Order(StringComparer.Ordinal),
    ];

    public static string Read(string name) => SqlText.Load($"Database.Migrations.{Path.GetFileNameWithoutExtension(name)}");
}
