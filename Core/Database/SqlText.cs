using System.Reflection;

namespace OpsMantik.Core.Database;

/// <summary>Reads the .sql files that lie beside their stores, embedded in this assembly.</summary>
internal static class SqlText
{
    private static readonly Assembly Home = typeof(SqlText).Assembly;

    /// <param name="name">Folder and file in dots, such as <c>Queue.Sql.Claim</c>.</param>
    public static string Load(string name)
    {
        var resource = $"OpsMantik.Core.{name}.sql";
        using var stream = Home.GetManifestResourceStream(resource)
            ?? throw new InvalidOperationException($"There is no embedded {resource}.");
        using var reader = new StreamReader(stream);
        return reader.ReadToEnd();
    }
}
