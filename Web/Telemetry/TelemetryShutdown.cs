using OpenTelemetry.Logs;
using OpenTelemetry.Metrics;
using OpenTelemetry.Trace;

namespace OpsMantik.Web.Telemetry;

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
