using System.Net.Http.Headers;
using System.Text;
using System.Text.Json.Nodes;
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
using OpsMantik.Local.GoogleEmulator;
using Emulator = OpsMantik.Local.GoogleEmulator.GoogleEmulator;

namespace OpsMantik.Functions.Tests.Providers.Corrections;

/// <summary>
/// The provider as registered, speaking HTTP to the emulator, one day after the sales of <see cref="TestConversions"/>; both on a clock
/// that stands still.
/// </summary>
public abstract class CorrectionFixture(string uploadApi)
{
    protected const string Customer = "1234567890";

    private ServiceProvider _services = null!;
    private LogLines _log = null!;

    internal Emulator Google { get; private set; } = null!;

    internal FakeTimeProvider Time { get; private set; } = null!;

    internal GoogleAdsProvider Provider { get; private set; } = null!;

    internal DateTimeOffset Now => Time.GetUtcNow();

    internal OpenedCredential Credential => new(Encoding.UTF8.GetBytes($$"""
        {"upload_api":"{{uploadApi}}","customer_id":"123-456-7890","client_id":"client","client_secret":"CANARY-client-secret",
        "refresh_token":"CANARY-refresh-token","conversion_action_resource_name":"customers/1234567890/conversionActions/456"}
        """));

    [SetUp]
    public async Task StartAsync()
    {
        Time = new FakeTimeProvider(TestConversions.Noon.AddDays(1));
        Google = await Emulator.StartAsync(Time);
        _log = new LogLines();
        var services = new ServiceCollection();
        services.AddSingleton<IConfiguration>(new ConfigurationBuilder().AddInMemoryCollection(new Dictionary<string, string?>
        {
            ["Google:AllowOtherHosts"] = "true",
            ["GoogleAds:BaseAddress"] = Google.BaseAddress.AbsoluteUri,
            ["GoogleAds:TokenUri"] = Google.TokenUri.AbsoluteUri,
            ["DataManager:BaseAddress"] = Google.DataManagerBaseAddress.AbsoluteUri,
        }).Build());
        services.AddSingleton<TimeProvider>(Time);
        services.AddSingleton<IRequestLeases>(new MemoryLeases(Time));
        services.AddLogging(logging => logging.AddProvider(_log).SetMinimumLevel(LogLevel.Trace));
        services.AddGoogleAds();
        _services = services.BuildServiceProvider();
        Provider = (GoogleAdsProvider)_services.GetRequiredService<IConversionProvider>();
    }

    [TearDown]
    public async Task StopAsync()
    {
        Assert.That(string.Join('\n', _log.All), Does.Not.Contain("CANARY"));
        await _services.DisposeAsync();
        await Google.DisposeAsync();
        _log.Dispose();
    }

    internal static Conversion Sale(string? clickId = null, ClickIdKind kind = ClickIdKind.Gclid)
    {
        var sale = TestConversions.New();
        return sale with { Click = new ClickId(kind, clickId ?? sale.Click!.Value.Value) };
    }

    internal Correction Retraction(Conversion conversion) => new()
    {
        Id = Guid.NewGuid(),
        Conversion = conversion,
        Kind = CorrectionKind.Retract,
        CorrectedAt = Now,
        MayHaveBeenSent = false,
    };

    internal Correction Restatement(Conversion conversion, long minorUnits, string currency = "TRY") =>
        Retraction(conversion) with { Kind = CorrectionKind.Restate, NewValue = TestConversions.Money(minorUnits, currency) };

    /// <summary>Uploads the sales, which Google counts.</summary>
    internal async Task CountAsync(params Conversion[] sales)
    {
        await Provider.UploadAsync(Credential, sales, CancellationToken.None);
        Process();
        Assert.That(sales.Select(StateOf), Is.All.Not.Null, "counted");
    }

    /// <summary>Lets Data Manager process what it accepted.</summary>
    internal void Process() => Time.Advance(Google.ProcessingDelay);

    internal async Task<IReadOnlyList<UploadOutcome>> CorrectAsync(params Correction[] corrections)
    {
        var outcomes = await Provider.CorrectAsync(Credential, corrections, CancellationToken.None);
        Assert.That(outcomes, Has.Count.EqualTo(corrections.Length));
        return outcomes;
    }

    internal async Task<UploadOutcome> CorrectOneAsync(Correction correction) => (await CorrectAsync(correction))[0];

    internal ConversionState? StateOf(Conversion conversion) => Google.ConversionOf(Customer, conversion.OrderId);

    /// <summary>What another program sent, without an order id.</summary>
    internal async Task UploadWithoutOrderAsync(Conversion conversion)
    {
        using var http = new HttpClient { BaseAddress = Google.BaseAddress };
        using var form = new FormUrlEncodedContent(new Dictionary<string, string>
        {
            ["grant_type"] = "refresh_token",
            ["client_id"] = "client",
            ["client_secret"] = "CANARY-client-secret",
            ["refresh_token"] = "CANARY-other-program",
        });
        using var token = await http.PostAsync(Google.TokenUri, form);
        http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue(
            "Bearer", (string?)JsonNode.Parse(await token.Content.ReadAsStringAsync())!["access_token"]);
        using var content = new StringContent($$"""
            {"conversions":[{"gclid":"{{conversion.Click!.Value.Value}}","conversionAction":"customers/1234567890/conversionActions/456",
            "conversionDateTime":"2026-11-20 15:00:00+03:00","conversionValue":123.45,"currencyCode":"TRY"}],"partialFailure":true}
            """, Encoding.UTF8, "application/json");
        using var answer = await http.PostAsync(
            new Uri($"/v25/customers/{Customer}:uploadClickConversions", UriKind.Relative), content);
        Assert.That(Google.Conversions, Has.Count.EqualTo(1));
    }
}
