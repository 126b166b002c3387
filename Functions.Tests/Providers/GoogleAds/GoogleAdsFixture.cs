using System.Text;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Time.Testing;
using OpsMantik.Core.Conversions;
using OpsMantik.Core.Providers;
using OpsMantik.Core.Providers.DataManager;
using OpsMantik.Core.Providers.GoogleAds;
using OpsMantik.Core.Vault;
using OpsMantik.Functions.Tests.Providers.DataManager;
using OpsMantik.Functions.Tests.Support;

namespace OpsMantik.Functions.Tests.Providers.GoogleAds;

/// <summary>The provider as registered, with a stub at the wire, a clock to turn, and its log lines kept.</summary>
internal sealed class GoogleAdsFixture : IDisposable
{
    public const string CredentialJson = """
        {"customer_id":"123-456-7890","client_id":"client","client_secret":"CANARY-client-secret",
        "refresh_token":"CANARY-refresh-token",
        "conversion_action_resource_name":"customers/1234567890/conversionActions/456"}
        """;

    private readonly ServiceProvider _services;

    public GoogleAdsFixture(params (string Name, string Value)[] settings)
    {
        var services = new ServiceCollection();
        services.AddSingleton<IConfiguration>(new ConfigurationBuilder()
            .AddInMemoryCollection(settings.ToDictionary(one => one.Name, string? (one) => one.Value))
            .Build());
        services.AddSingleton<TimeProvider>(Time);
        services.AddSingleton<IRequestLeases>(new MemoryLeases(Time));
        services.AddLogging(logging => logging.AddProvider(Log).SetMinimumLevel(LogLevel.Trace));
        services.AddGoogleAds();
        services.AddHttpClient(GoogleAdsServices.HttpClientName).ConfigurePrimaryHttpMessageHandler(() => Google);
        _services = services.BuildServiceProvider();
        Provider = (IConfirmingProvider)_services.GetRequiredService<IConversionProvider>();
    }

    public GoogleStub Google { get; } = new();

    public FakeTimeProvider Time { get; } = new(TestConversions.Noon);

    public LogLines Log { get; } = new();

    public IConfirmingProvider Provider { get; }

    public ApiVersionAlarm Alarm => _services.GetRequiredService<ApiVersionAlarm>();

    public static OpenedCredential Credential(string json = CredentialJson) => new(Encoding.UTF8.GetBytes(json));

    public Task<IReadOnlyList<UploadOutcome>> UploadAsync(params Conversion[] conversions) =>
        Provider.UploadAsync(Credential(), conversions, CancellationToken.None);

    public async Task<UploadOutcome> UploadOneAsync() => (await UploadAsync(TestConversions.New()))[0];

    public void Dispose()
    {
        _services.Dispose();
        Google.Dispose();
        Log.Dispose();
    }
}
