using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;

namespace OpsMantik.Core.Metrics;

internal static class MetricsServices
{
    /// <summary>Registers the instruments. They cost next to nothing while nobody listens.</summary>
    public static IServiceCollection AddInstruments(this IServiceCollection services)
    {
        services.AddMetrics();
        services.AddOptions<TelemetryOptions>().BindConfiguration(TelemetryOptions.Section).ValidateOnStart();
        services.TryAddSingleton(TimeProvider.System);
        services.TryAddSingleton<Instruments>();
        return services;
    }
}
