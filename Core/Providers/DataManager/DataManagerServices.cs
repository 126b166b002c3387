using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using OpsMantik.Core.Providers.DataManager.Limits;
using OpsMantik.Core.Providers.DataManager.Sending;
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
            .Validate(
                options => GoogleAdsServices.IsSafe(options.BaseAddress),
                "DataManager__BaseAddress must be an absolute https address (http only on this machine).")
            .ValidateOnStart();
        services.TryAddSingleton<ProjectLimits>();
        services.TryAddSingleton<DataManagerClient>();
        services.TryAddSingleton<BatchIngest>();
        services.TryAddSingleton<AccessTrial>();
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IGoogleAdsTransport, DataManagerTransport>());
        return services;
    }
}
