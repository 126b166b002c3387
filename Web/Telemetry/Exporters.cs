using Azure.Identity;
using Azure.Monitor.OpenTelemetry.Exporter;
using OpenTelemetry.Logs;
using OpenTelemetry.Metrics;
using OpenTelemetry.Resources;
using OpenTelemetry.Trace;
using OpsMantik.Core.Metrics;

namespace OpsMantik.Web.Telemetry;

/// <summary>The OpenTelemetry SDK with the exporters that are wanted.</summary>
internal static class Exporters
{
    public static void Add(IServiceCollection services, IConfiguration configuration, TelemetryTargets targets)
    {
        services.AddOpenTelemetry()
            .ConfigureResource(resource => resource.AddService(NameOf(configuration)))
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
