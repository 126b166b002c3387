using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;

namespace OpsMantik.Core.Metrics;

/// <summary>What the telemetry may say.</summary>
public sealed class TelemetryOptions
{
    public const string Section = "Telemetry";

    /// <summary>
    /// Counts rows by site too. Off unless asked for: every site makes time series of its own, and they are paid for.
    /// </summary>
    public bool SiteLabels { get; set; }
}

public static class TelemetrySource
{
    /// <summary>Name of the one meter and of the one activity source.</summary>
    public const string Name = "OpsMantik";
}

/// <summary>The worker's jobs, as spans and the attribute <c>job</c> name them.</summary>
internal static class WorkerJob
{
    public const string Upload = "upload";
    public const string Recovery = "recovery";
    public const string Confirm = "confirm";
    public const string Reconcile = "reconcile";
}

internal static class MetricsServices
{
    /// <summary>Registers the instruments. They cost next to nothing without a listener.</summary>
    public static IServiceCollection AddInstruments(this IServiceCollection services)
    {
        services.AddMetrics();
        services.AddOptions<TelemetryOptions>().BindConfiguration(TelemetryOptions.Section).ValidateOnStart();
        services.TryAddSingleton(TimeProvider.System);
        services.TryAddSingleton<Instruments>();
        return services;
    }
}
