namespace OpsMantik.Reliability.Invariants;

/// <summary>Reads the .sql files of this folder, embedded in the assembly.</summary>
internal static class InvariantSql
{
    public static string Load(string name)
    {
        using var stream = typeof(InvariantSql).Assembly
            .GetManifestResourceStream($"{typeof(InvariantSql).Namespace}.Sql.{name}.sql")
            ?? throw new InvalidOperationException($"There is no embedded {name}.sql.");
        using var reader = new StreamReader(stream);
        return reader.ReadToEnd();
    }
}
