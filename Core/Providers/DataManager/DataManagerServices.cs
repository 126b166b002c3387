using System.ComponentModel.DataAnnotations;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using OpsMantik.Core.Providers.GoogleAds;

namespace OpsMantik.Core.Providers.DataManager;

internal static class DataManagerServices
{
    /// <summary>Registers the transport; <see cref="GoogleAdsServices.AddGoogleAds"/> registers what it stands on.</summary>
    public static IServiceCollection AddDataManager(this IServiceCollection services)
    {
        services.AddOptions<DataManagerOptions>()
            .BindConfiguration(DataManagerOptions.Section)
            .ValidateDataAnnotations()
            .Validate<GoogleEgress>((options, egress) => egress.Admits(options.BaseAddress), $"DataManager__BaseAddress {GoogleEgress.Rule}")
            .ValidateOnStart();
        services.TryAddSingleton<IRequestLeases, NoRequestLeases>();
        services.TryAddSingleton<ProjectLimits>();
        services.TryAddSingleton<DataManagerClient>();
        services.TryAddSingleton<BatchIngest>();
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IGoogleAdsTransport, DataManagerTransport>());
        return services;
    }
}

/// <summary>
/// Where the Data Manager API is, how long to wait for it and how much it takes. Section <c>DataManager</c>
/// (<c>DataManager__BaseAddress</c> …). The limits are Google's own for one Google Cloud project; reads of request
/// statuses count apart, by limits of the same size. Workers of one database share those of the minute and the day.
/// </summary>
public sealed class DataManagerOptions
{
    public const string Section = "DataManager";

    /// <summary>Origin of the REST interface.</summary>
    [Required]
    public Uri BaseAddress { get; set; } = new("https://datamanager.googleapis.com/");

    /// <summary>Longest wait for one answer.</summary>
    [Range(typeof(TimeSpan), "00:00:01", "00:05:00")]
    public TimeSpan RequestTimeout { get; set; } = TimeSpan.FromSeconds(60);

    [Range(1, 1_000_000)]
    public int RequestsPerMinute { get; set; } = 300;

    /// <summary>Google's day begins at midnight in its Pacific time.</summary>
    [Range(1, 100_000_000)]
    public int RequestsPerDay { get; set; } = 100_000;

    /// <summary>Of one process.</summary>
    [Range(1, 1000)]
    public int ConcurrentRequests { get; set; } = 10;

    /// <summary>Longest wait for a turn within these limits; the rows then go back to the queue, unspent.</summary>
    [Range(typeof(TimeSpan), "00:00:01", "00:05:00")]
    public TimeSpan LimitWait { get; set; } = TimeSpan.FromMinutes(2);
}
