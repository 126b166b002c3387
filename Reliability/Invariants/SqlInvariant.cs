namespace OpsMantik.Reliability.Invariants;

/// <summary>A promise that the rows and their audit can be asked about: the file's statement returns the breaches.</summary>
internal sealed class SqlInvariant(string name) : IInvariant
{
    private readonly string _sql = InvariantSql.Load(name);

    public async Task<IReadOnlyList<string>> FindBreachesAsync(Evidence evidence)
    {
        await using var command = evidence.Database.Admin.CreateCommand(_sql);
        command.CommandTimeout = 600;
        await using var reader = await command.ExecuteReaderAsync();
        List<string> breaches = [];
        while (await reader.ReadAsync())
            breaches.Add($"{name}: {reader.GetString(0)}");
        return breaches;
    }
}
