using System.Diagnostics;
using OpsMantik.Testbed;

namespace OpsMantik.Benchmarks;

/// <summary>What every measure stands on: the one PostgreSQL, the sizes, and a place to say how far it is.</summary>
internal sealed record Bench(TestbedServer Server, Sizes Sizes, TextWriter Progress)
{
    private readonly long _started = Stopwatch.GetTimestamp();

    public void Say(string line) => Progress.WriteLine($"{Stopwatch.GetElapsedTime(_started):hh\\:mm\\:ss}  {line}");

    /// <summary>Rows queued for as many sites as there are counts, as the vacuum leaves them: the start of every contender.</summary>
    public async Task<TestbedDatabase> FillAsync(params int[] counts)
    {
        var database = await Server.CreateDatabaseAsync();
        await database.EnqueueAsync(await database.AddSitesAsync(counts.Length), counts);
        await database.ExecuteAsync("vacuum analyze");
        return database;
    }

    /// <summary>Measures on a copy of a filled database, which is gone afterwards.</summary>
    public async Task<T> OnCopyAsync<T>(TestbedDatabase full, Func<TestbedDatabase, Task<T>> measure)
    {
        await using var copy = await Server.CopyDatabaseAsync(full);
        return await measure(copy);
    }
}
