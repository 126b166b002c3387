using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using OpsMantik.Core;
using OpsMantik.Core.Providers;
using OpsMantik.Core.Runs;
using OpsMantik.Testbed;

namespace OpsMantik.Benchmarks;

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
