using System.ComponentModel.DataAnnotations;
using System.Globalization;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Options;
using OpsMantik.Core.Metrics;
using OpsMantik.Core.Providers.DataManager;
using OpsMantik.Core.Providers.GoogleAds.OAuth;

namespace OpsMantik.Core.Providers.GoogleAds;

public static class GoogleAdsServices
{
    /// <summary>The named client that every call to Google goes through, tokens and uploads.</summary>
    public const string HttpClientName = "google";

    /// <summary>An answer to 2,000 conversions is far smaller; Google's own gRPC limit is the same.</summary>
    private const int MaxAnswerBytes = 64 << 20;

    /// <summary>Registers the provider <c>google_ads</c>; settings as in <see cref="GoogleAdsOptions"/> and
    /// <see cref="DataManagerOptions"/>.</summary>
    public static IServiceCollection AddGoogleAds(this IServiceCollection services)
    {
        services.AddOptions<GoogleOptions>()
            .BindConfiguration(GoogleOptions.Section)
            .Validate(options => GoogleEgress.IsProxy(options.Proxy), "Google__Proxy must be an address such as http://proxy.example:3128.")
            .Validate(options => string.IsNullOrEmpty(options.ClientId) == string.IsNullOrEmpty(options.ClientSecret),
                "Google__ClientId and Google__ClientSecret go together: set both, or neither.")
            .Validate<IConfiguration>((options, configuration) => new GoogleEgress(configuration, Options.Create(options)).AdmitsSignIn(options.AuthorizationUri),
                $"Google__AuthorizationUri must be an https address on accounts.google.com, or: {GoogleEgress.Rule}")
            .ValidateOnStart();
        services.TryAddSingleton<GoogleEgress>();
        services.AddOptions<GoogleAdsOptions>()
            .BindConfiguration(GoogleAdsOptions.Section)
            .ValidateDataAnnotations()
            .Validate<GoogleEgress>((options, egress) => egress.Admits(options.BaseAddress), $"GoogleAds__BaseAddress {GoogleEgress.Rule}")
            .Validate<GoogleEgress>((options, egress) => egress.Admits(options.TokenUri), $"GoogleAds__TokenUri {GoogleEgress.Rule}")
            .ValidateOnStart();
        services.AddHttpClient(HttpClientName)
            .ConfigureHttpClient(client =>
            {
                // The callers set the time limits, over TimeProvider.
                client.Timeout = Timeout.InfiniteTimeSpan;
                client.MaxResponseContentBufferSize = MaxAnswerBytes;
            })
            .ConfigurePrimaryHttpMessageHandler(provider => provider.GetRequiredService<GoogleEgress>().CreateHandler())
            .SetHandlerLifetime(Timeout.InfiniteTimeSpan)
            // We log the calls ourselves, once and in our words.
            .RemoveAllLoggers();
        services.AddInstruments();
        services.TryAddSingleton(TimeProvider.System);
        services.TryAddSingleton<TokenSource>();
        services.TryAddSingleton<GoogleCalls>();
        services.TryAddSingleton<ApiVersionAlarm>();
        services.TryAddSingleton<GoogleAdsSearch>();
        services.TryAddSingleton<RowCalls>();
        services.TryAddSingleton<AdjustmentUpload>();
        services.TryAddSingleton<AccountReader>();
        services.TryAddSingleton<AccountList>();
        services.TryAddSingleton<CodeExchange>();
        services.TryAddSingleton<CountReader>();
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IGoogleAdsTransport, ClickUploadTransport>());
        services.AddDataManager();
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IConversionProvider, GoogleAdsProvider>());
        return services;
    }
}

/// <summary>Where Google is and how long to wait for it. Section <c>GoogleAds</c> (<c>GoogleAds__ApiVersion</c> …).</summary>
public sealed class GoogleAdsOptions
{
    public const string Section = "GoogleAds";

    /// <summary>Origin of the Google Ads REST interface.</summary>
    [Required]
    public Uri BaseAddress { get; set; } = new("https://googleads.googleapis.com/");

    /// <summary>OAuth token endpoint.</summary>
    [Required]
    public Uri TokenUri { get; set; } = new("https://oauth2.googleapis.com/token");

    /// <summary>
    /// Major version in the path. Google retires one about a year after its release, so it is a setting and no constant.
    /// </summary>
    [Required]
    [RegularExpression("^v[0-9]{1,3}$", ErrorMessage = "must look like v25")]
    public string ApiVersion { get; set; } = "v25";

    /// <summary>The same as a number.</summary>
    internal int ApiNumber => int.Parse(ApiVersion.AsSpan(1), CultureInfo.InvariantCulture);

    /// <summary>Longest wait for one answer, of the token endpoint or of an upload.</summary>
    [Range(typeof(TimeSpan), "00:00:01", "00:05:00")]
    public TimeSpan RequestTimeout { get; set; } = TimeSpan.FromSeconds(60);
}
