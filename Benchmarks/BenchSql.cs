namespace OpsMantik.Benchmarks;

/// <summary>The benchmarks' own SQL files, embedded beside their measure.</summary>
internal static class BenchSql
{
    public static string Load(string name)
    {
        using var stream = typeof(BenchSql).Assembly.GetManifestResourceStream($"OpsMantik.Benchmarks.{name}.sql")
            ?? throw new InvalidOperationException($"There is no {name}.sql.");
        using var reader = new StreamReader(stream);
        return reader.ReadToEnd();
    }
}
