using System.Diagnostics;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using OpsMantik.Core;
using OpsMantik.Core.Providers;
using OpsMantik.Core.Runs;
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

/// <summary>A worker as the app composes it, in this process, with another provider in Google's place if given.</summary>
internal sealed class BenchWorker : IAsyncDisposable
{
    public BenchWorker(
        string connectionString, IConversionProvider? provider, params (string Name, string Value)[] settings)
    {
        var configuration = new ConfigurationBuilder()
            .AddInMemoryCollection(new Dictionary<string, string?>
            {
                ["ConnectionStrings:OpsMantik"] = connectionString,
                ["OPSMANTIK_VAULT_KEY"] = BulkSeed.VaultKey,
            })
            .AddInMemoryCollection(settings.Select(setting => KeyValuePair.Create(setting.Name, (string?)setting.Value)))
            .Build();
        var services = new ServiceCollection()
            .AddSingleton<IConfiguration>(configuration)
            .AddLogging()
            .AddOpsMantikCore(configuration);
        if (provider is not null)
            services.RemoveAll<IConversionProvider>().AddSingleton(provider);
        Services = services.BuildServiceProvider();
    }

    public ServiceProvider Services { get; }

    /// <summary>One run without a limit, until nothing is due.</summary>
    public Task<UploadSummary> DrainAsync(CancellationToken cancellation = default) =>
        Services.GetRequiredService<UploadRun>().RunAsync(new UploadRequest("google_ads"), cancellation);

    public ValueTask DisposeAsync() => Services.DisposeAsync();
}
