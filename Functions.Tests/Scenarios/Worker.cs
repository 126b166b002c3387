using System.Diagnostics.Metrics;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using OpsMantik.Core;
using OpsMantik.Core.Operations;
using OpsMantik.Core.Runs;
using OpsMantik.Core.Vault;
using OpsMantik.Functions.Tests.Support;
using OpsMantik.Local.GoogleEmulator;

namespace OpsMantik.Functions.Tests.Scenarios;

/// <summary>A worker as the app composes it, without the app: real PostgreSQL, real HTTP to the emulator.</summary>
internal sealed class Worker : IAsyncDisposable
{
    public static readonly string VaultKey = Convert.ToBase64String("CANARY-vault-key-of-32-bytes-123"u8);

    private readonly ServiceProvider _services;
    private readonly Lazy<ServiceProvider> _operators;
    private readonly LogLines _logs = new();

    public Worker(
        TestDatabase database,
        GoogleEmulator emulator,
        Action<IServiceCollection>? services,
        params (string Name, string Value)[] settings)
    {
        _services = Create(database.WorkerConnectionString);
        _operators = new(() => Create(database.OperatorConnectionString));

        ServiceProvider Create(string connection)
        {
            var configuration = new ConfigurationBuilder()
                .AddInMemoryCollection(Settings(emulator))
                .AddInMemoryCollection([KeyValuePair.Create("ConnectionStrings:OpsMantik", (string?)connection)])
                .AddInMemoryCollection(settings.Select(setting => KeyValuePair.Create(setting.Name, (string?)setting.Value)))
                .Build();
            var collection = new ServiceCollection()
                .AddSingleton<IConfiguration>(configuration)
                .AddLogging(logging => logging.SetMinimumLevel(LogLevel.Trace).AddProvider(_logs))
                .AddOpsMantikCore(configuration);
            services?.Invoke(collection);
            return collection.BuildServiceProvider();
        }
    }

    public static CredentialVault Vault { get; } = new(VaultKeyRing.Parse(VaultKey, null));

    public IReadOnlyList<string> Logs => _logs.All;

    public IReadOnlyCollection<string> Scopes => _logs.Scopes;

    /// <summary>What a worker on this emulator is set to, but for its database.</summary>
    public static Dictionary<string, string?> Settings(GoogleEmulator emulator) => new()
    {
        ["OPSMANTIK_VAULT_KEY"] = VaultKey,
        // As in production, where the emulator is no host of Google's.
        ["Google:AllowOtherHosts"] = "true",
        ["GoogleAds:BaseAddress"] = emulator.BaseAddress.ToString(),
        ["GoogleAds:TokenUri"] = emulator.TokenUri.ToString(),
        ["Google:AuthorizationUri"] = emulator.AuthorizationUri.ToString(),
        ["DataManager:BaseAddress"] = emulator.DataManagerBaseAddress.ToString(),
    };

    /// <summary>Tells this worker's meter from those of others in the process.</summary>
    public IMeterFactory Meters => _services.GetRequiredService<IMeterFactory>();

    /// <summary>Another of the worker's services; an operator's, with an operator's login.</summary>
    public T Get<T>()
        where T : notnull =>
        (typeof(T).Namespace == typeof(CircuitControl).Namespace || typeof(T) == typeof(CredentialSeeding) ? _operators.Value : _services)
        .GetRequiredService<T>();

    public Task<UploadSummary> UploadAsync(int? limit = null, CancellationToken stopping = default) =>
        _services.GetRequiredService<UploadRun>().RunAsync(new UploadRequest("google_ads", limit), stopping);

    public Task<ConfirmSummary> ConfirmAsync() =>
        _services.GetRequiredService<ConfirmRun>().RunAsync(CancellationToken.None);

    public Task<int> RecoverAsync(int minAgeMinutes = 15) =>
        _services.GetRequiredService<RecoveryRun>().RunAsync(minAgeMinutes, CancellationToken.None);

    public async ValueTask DisposeAsync()
    {
        await _services.DisposeAsync();
        if (_operators.IsValueCreated)
            await _operators.Value.DisposeAsync();
        Canary.AssertAbsent("a log line", [.. Logs, .. Scopes]);
    }
}
