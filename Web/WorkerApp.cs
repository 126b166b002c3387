using System.Reflection;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.Options;
using OpsMantik.Core;
using OpsMantik.Core.Confirmations;
using OpsMantik.Core.Metrics;
using OpsMantik.Core.Providers.DataManager;
using OpsMantik.Core.Providers.GoogleAds;
using OpsMantik.Core.Reconciliation;
using OpsMantik.Core.Runs;
using OpsMantik.Web.Endpoints;
using OpsMantik.Web.StatusPage;

namespace OpsMantik.Web;

/// <summary>What every host of the worker does alike: registers it, checks its settings, runs it until it is stopped.</summary>
public static class WorkerApp
{
    /// <summary>What hosts grant after a signal to stop; what is in flight is written back within it.</summary>
    public static readonly TimeSpan StopWithin = TimeSpan.FromSeconds(20);

    /// <summary>The product's version, as Directory.Build.props has it.</summary>
    public static string Version { get; } = typeof(WorkerApp).Assembly
        .GetCustomAttribute<AssemblyInformationalVersionAttribute>()!.InformationalVersion.Split('+')[0];

    // The endpoints refuse long bodies themselves; this only bounds what is drained after them.
    private const long MaxBytesOfBody = 1024 * 1024;

    /// <summary>Adds the worker to a host whose settings are all there.</summary>
    /// <param name="telemetryOfHost">What the host adds to the telemetry; called only where telemetry goes anywhere.</param>
    public static void AddTo(IHostApplicationBuilder builder, Action<IServiceCollection>? telemetryOfHost = null)
    {
        builder.Logging
            .AddFilter("Microsoft", LogLevel.Warning)
            .AddFilter("System", LogLevel.Warning)
            .AddFilter("Microsoft.Hosting.Lifetime", LogLevel.Information)
            // A port in use is reported in one line, not as a stack trace.
            .AddFilter("Microsoft.Extensions.Hosting.Internal.Host", LogLevel.Critical)
            .AddConfiguration(builder.Configuration.GetSection("Logging"));
        builder.Services.Configure<HostOptions>(options =>
        {
            options.ShutdownTimeout = StopWithin;
            // Timers and requests in flight share the 20 seconds instead of queueing for them.
            options.ServicesStopConcurrently = true;
        });
        // After whatever a host has set for itself.
        builder.Services.PostConfigure<KestrelServerOptions>(options =>
        {
            options.AddServerHeader = false;
            options.Limits.MaxRequestBodySize = MaxBytesOfBody;
            options.Limits.RequestHeadersTimeout = TimeSpan.FromSeconds(10);
        });
        builder.Services.AddWorker(builder.Configuration);
        builder.Services.AddTelemetry(builder.Configuration, telemetryOfHost);
    }

    /// <summary>Builds the host and checks every setting; nothing listens or runs yet.</summary>
    /// <param name="checks">The host's own settings; each throws a <see cref="SettingsException"/>.</param>
    /// <exception cref="SettingsException">Settings are missing or faulty: all of them are named.</exception>
    public static THost Build<THost>(IConfigurationManager configuration, Func<THost> build, params IReadOnlyList<Action> checks)
        where THost : IHost
    {
        var levelFaults = LogLevels.TakeFaults(configuration);
        var app = build();
        SettingsCheck.Run(configuration,
        [
            () => SettingsCheck.Refuse(levelFaults),
            .. checks,
            () => configuration.GetSection(UploadOptions.Section).Get<UploadOptions>(),
            () => configuration.GetSection(ConfirmOptions.Section).Get<ConfirmOptions>(),
            () => configuration.GetSection(ReconcileOptions.Section).Get<ReconcileOptions>(),
            () => configuration.GetSection(RetentionOptions.Section).Get<RetentionOptions>(),
            () => configuration.GetSection(GoogleOptions.Section).Get<GoogleOptions>(),
            () => configuration.GetSection(GoogleAdsOptions.Section).Get<GoogleAdsOptions>(),
            () => configuration.GetSection(DataManagerOptions.Section).Get<DataManagerOptions>(),
            () => configuration.GetSection(TelemetryOptions.Section).Get<TelemetryOptions>(),
            () => StatusPageOptions.Check(configuration),
            () => AccessSecrets.Check(configuration),
            () => TelemetryTargets.Check(configuration),
            () => app.Services.GetRequiredService<IStartupValidator>().Validate(),
            () => Schedules.Read(configuration, Schedules.UploadSetting, Schedules.Upload),
            () => Schedules.Read(configuration, Schedules.RecoverySetting, Schedules.Recovery),
            () => Schedules.Read(configuration, Schedules.ConfirmationSetting, Schedules.Confirmation),
            () => Schedules.Read(configuration, Schedules.ReconciliationSetting, Schedules.Reconciliation),
        ]);
        return app;
    }

    /// <summary>Runs the worker until it is stopped. What keeps it from running goes to standard error, one line each.</summary>
    /// <returns>The exit code: 0, or 1 when settings, database or port did not let it run.</returns>
    public static async Task<int> RunAsync(Func<IHost> create, CancellationToken stopping = default)
    {
        try
        {
            var app = create();
            var report = app.Services.GetRequiredService<StartupReport>();
            // Disposes it too.
            await app.RunAsync(stopping);
            return report.Fault is { } fault ? Refuse(fault) : 0;
        }
        catch (SettingsException exception)
        {
            return Refuse([.. exception.Faults]);
        }
        catch (IOException exception)
        {
            return Refuse($"Cannot listen (ASPNETCORE_URLS): {exception.Message}");
        }
    }

    private static int Refuse(params IReadOnlyList<string> faults)
    {
        Console.Error.WriteLine("The worker cannot start:");
        foreach (var fault in faults)
            Console.Error.WriteLine($"  {VisibleText.EscapeLines(fault)}");
        return 1;
    }
}

/// <summary>
/// Says at start what is locked and what is less safe than it could be, and stops the app on a database that it must not work on. The app
/// listens meanwhile.
/// </summary>
internal sealed class StartupReport(
    DatabaseReadiness database,
    AccessSecrets secrets,
    IConfiguration configuration,
    IHostApplicationLifetime lifetime,
    ILogger<StartupReport> logger) : BackgroundService
{
    /// <summary>Why the app stopped itself; null when it did not.</summary>
    public string? Fault { get; private set; }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        if (secrets.Cron.Fault is { } locked)
            logger.CronLocked(locked);
        if (secrets.Status is { IsSet: true, Fault: { } useless })
            logger.StatusSecretUseless(useless);
        foreach (var warning in SettingsWarning.FindAll(configuration))
            logger.SettingUnsafe(warning.Message, warning.Fix);

        // Stopping a host that is still starting would end in an exception instead of an orderly stop.
        var started = new TaskCompletionSource();
        await using (lifetime.ApplicationStarted.Register(started.SetResult))
            await started.Task.WaitAsync(stoppingToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        if (stoppingToken.IsCancellationRequested)
            return;

        var status = await database.CheckAsync(stoppingToken);
        if (status.Reachable && status.Fault is { } fault)
        {
            Fault = fault;
            lifetime.StopApplication();
        }
        else if (!status.Ready)
        {
            logger.DatabaseAway(status.UnavailableReason);
        }
    }
}
