using System.Runtime.CompilerServices;
using Azure.Identity;
using Azure.Monitor.OpenTelemetry.Exporter;
using OpenTelemetry.Logs;
using OpenTelemetry.Metrics;
using OpenTelemetry.Resources;
using OpenTelemetry.Trace;
using OpsMantik.Core.Metrics;

namespace OpsMantik.Web;

internal static class TelemetryServices
{
    /// <summary>
    /// Sends traces, metrics and logs to where the settings name a place: Azure Monitor, an OpenTelemetry collector, both
    /// or neither.
    /// </summary>
    /// <param name="ofHost">What the host of the worker adds; called before everything else, and only where a place is named.</param>
    /// <remarks>Faulty settings are left to <see cref="TelemetryTargets.Check"/>, which reports all of them at once.</remarks>
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

/// <summary>The OpenTelemetry SDK with the exporters that are wanted.</summary>
internal static class Exporters
{
    public static void Add(IServiceCollection services, IConfiguration configuration, TelemetryTargets targets)
    {
        services.AddOpenTelemetry()
            .ConfigureResource(resource => resource.AddService(NameOf(configuration), serviceVersion: WorkerApp.Version))
            .WithTracing(tracing => AddTracing(tracing, configuration, targets))
            .WithMetrics(metrics => AddMetrics(metrics, targets))
            .WithLogging(
                logging => AddLogging(logging, targets),
                options => options.IncludeFormattedMessage = true);
        services.AddHostedService<TelemetryShutdown>();
    }

    private static void AddTracing(TracerProviderBuilder tracing, IConfiguration configuration, TelemetryTargets targets)
    {
        // HttpClient's own instrumentation stays out: its spans would hold addresses of Google's with account numbers. So does
        // Npgsql's: claim and write-back are spans already, one statement each.
        tracing.AddSource(TelemetrySource.Name);
        if (targets.AzureMonitor is not null)
            tracing.AddAzureMonitorTraceExporter(options => Configure(options, targets));
        if (targets.Otlp)
            tracing.AddOtlpExporter();
        // A run every ten minutes is worth keeping even where the host that called it keeps nothing. Last, because the
        // Azure exporter brings a sampler of its own; and not at all where the standard setting chooses one.
        if (string.IsNullOrWhiteSpace(configuration["OTEL_TRACES_SAMPLER"]))
            tracing.SetSampler(new AlwaysOnSampler());
    }

    private static void AddMetrics(MeterProviderBuilder metrics, TelemetryTargets targets)
    {
        metrics.AddMeter(TelemetrySource.Name);
        if (targets.AzureMonitor is not null)
            metrics.AddAzureMonitorMetricExporter(options => Configure(options, targets));
        if (targets.Otlp)
            metrics.AddOtlpExporter();
    }

    private static void AddLogging(LoggerProviderBuilder logging, TelemetryTargets targets)
    {
        if (targets.AzureMonitor is not null)
            logging.AddAzureMonitorLogExporter(options => Configure(options, targets));
        if (targets.Otlp)
            logging.AddOtlpExporter();
    }

    private static void Configure(AzureMonitorExporterOptions options, TelemetryTargets targets)
    {
        options.ConnectionString = targets.AzureMonitor;
        options.Credential = targets.SignIn is { } signIn ? CredentialOf(signIn) : null;
    }

    private static ManagedIdentityCredential CredentialOf(AzureMonitorSignIn signIn) => new ManagedIdentityCredential(
        signIn.ClientId is { } id ? ManagedIdentityId.FromUserAssignedClientId(id) : ManagedIdentityId.SystemAssigned);

    // The Functions app's own name where there is one, so that its parts stand together on Azure's application map.
    private static string NameOf(IConfiguration configuration) =>
        new[] { configuration["OTEL_SERVICE_NAME"], configuration["WEBSITE_SITE_NAME"] }
            .FirstOrDefault(name => !string.IsNullOrWhiteSpace(name)) ?? "opsmantik-functions";
}

/// <summary>
/// Sends what is left when everything else has stopped, all three kinds at once and within a few seconds: left to the
/// container's disposal, three exporters at a dead address would wait one after the other.
/// </summary>
internal sealed class TelemetryShutdown(TracerProvider traces, MeterProvider metrics, LoggerProvider logs)
    : IHostedLifecycleService
{
    private const int MillisecondsToFlush = 3_000;

    public Task StartingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StartedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppedAsync(CancellationToken cancellationToken) => Task.WhenAll(
        Task.Run(() => traces.Shutdown(MillisecondsToFlush), CancellationToken.None),
        Task.Run(() => metrics.Shutdown(MillisecondsToFlush), CancellationToken.None),
        Task.Run(() => logs.Shutdown(MillisecondsToFlush), CancellationToken.None));
}
