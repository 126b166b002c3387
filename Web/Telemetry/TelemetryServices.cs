using System.Runtime.CompilerServices;
using OpsMantik.Web.Settings;

namespace OpsMantik.Web.Telemetry;

internal static class TelemetryServices
{
    /// <summary>
    /// Sends traces, metrics and logs to where the settings name a place: Azure Monitor, an OpenTelemetry collector, both
    /// or neither.
    /// </summary>
    /// <param name="ofHost">What the host of the worker adds; called before everything else, and only where a place is named.</param>
    /// <remarks>Faulty settings are left to <see cref="TelemetryTargets.Check"/>, which tells all of them at once.</remarks>
    public static void AddTelemetry(
        this IServiceCollection services, IConfiguration configuration, Action<IServiceCollection>? ofHost)
    {
        TelemetryTargets targets;
        try
        {
            targets = TelemetryTargets.Read(configuration);
        }
        catch (SettingsException)
        {
            return;
        }

        if (targets.None)
            return;
        ofHost?.Invoke(services);
        AddExporters(services, configuration, targets);
    }

    // Apart, so that without a target none of the exporters' assemblies is loaded: they would cost every cold start.
    [MethodImpl(MethodImplOptions.NoInlining)]
    private static void AddExporters(
        IServiceCollection services, IConfiguration configuration, TelemetryTargets targets) =>
        Exporters.Add(services, configuration, targets);
}
