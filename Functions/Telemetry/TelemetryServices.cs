using System.Runtime.CompilerServices;

namespace OpsMantik.Functions.Telemetry;

internal static class TelemetryServices
{
    /// <summary>
    /// Sends traces, metrics and logs to where the settings name a place: Azure Monitor, an OpenTelemetry collector, both
    /// or neither. Works for any host of the app.
    /// </summary>
    /// <remarks>Faulty settings are left to <see cref="TelemetryTargets.Check"/>, which tells all of them at once.</remarks>
    public static IServiceCollection AddTelemetry(this IServiceCollection services, IConfiguration configuration)
    {
        TelemetryTargets targets;
        try
        {
            targets = TelemetryTargets.Read(configuration);
        }
        catch (SettingsException)
        {
            return services;
        }

        if (!targets.None)
            AddExporters(services, configuration, targets);
        return services;
    }

    // Apart, so that without a target none of the exporters' assemblies is loaded: they would cost every cold start.
    [MethodImpl(MethodImplOptions.NoInlining)]
    private static void AddExporters(
        IServiceCollection services, IConfiguration configuration, TelemetryTargets targets) =>
        Exporters.Add(services, configuration, targets);
}
