using Microsoft.Extensions.Logging.Console;
using Microsoft.Extensions.Options;
using OpsMantik.Core;
using OpsMantik.Core.Confirmations;
using OpsMantik.Core.Metrics;
using OpsMantik.Core.Providers.DataManager;
using OpsMantik.Core.Providers.GoogleAds;
using OpsMantik.Core.Runs;
using OpsMantik.Functions.StatusPage;
using OpsMantik.Functions.Telemetry;

namespace OpsMantik.Functions;

/// <summary>The function app, by whichever adapter the build has chosen (<c>FunctionsHost</c>).</summary>
public static class FunctionApp
{
    /// <summary>Builds the app and checks every setting; nothing listens or runs yet.</summary>
    /// <param name="args">Settings as <c>--name=value</c>.</param>
    /// <param name="configure">Adds settings that override those of the environment.</param>
    /// <param name="services">Changes what was registered; the last word.</param>
    /// <exception cref="SettingsException">Settings are missing or faulty.</exception>
    public static HostApp Create(
        string[] args,
        Action<IConfigurationBuilder>? configure = null,
        Action<HostAppBuilder>? services = null)
    {
        var builder = HostAdapter.CreateBuilder(args);
        builder.Configuration
            .AddLocalSettings(Directory.GetCurrentDirectory(), AppContext.BaseDirectory)
            .AddEnvironmentVariables()
            .AddCommandLine(args);
        configure?.Invoke(builder.Configuration);

        AddLogging(builder);
        HostAdapter.Configure(builder);
        builder.Services.Configure<HostOptions>(options =>
        {
            options.ShutdownTimeout = TimeSpan.FromSeconds(20);
            // Timers and requests in flight share the 20 seconds instead of queueing for them.
            options.ServicesStopConcurrently = true;
        });
        builder.Services.AddOpsMantikCore(builder.Configuration);
        builder.Services.AddFunctions();
        builder.Services.AddTelemetry(builder.Configuration);
        services?.Invoke(builder);

        var levelFaults = LogLevels.TakeFaults(builder.Configuration);
        var app = builder.Build();
        SettingsCheck.Run(
            builder.Configuration,
            () => SettingsCheck.Refuse(levelFaults),
            () => SettingsCheck.Refuse(FunctionSwitches.FindFaults(builder.Configuration)),
            () => builder.Configuration.GetSection(UploadOptions.Section).Get<UploadOptions>(),
            () => builder.Configuration.GetSection(ConfirmOptions.Section).Get<ConfirmOptions>(),
            () => builder.Configuration.GetSection(GoogleAdsOptions.Section).Get<GoogleAdsOptions>(),
            () => builder.Configuration.GetSection(DataManagerOptions.Section).Get<DataManagerOptions>(),
            () => builder.Configuration.GetSection(TelemetryOptions.Section).Get<TelemetryOptions>(),
            () => builder.Configuration.GetSection(StatusPageOptions.Section).Get<StatusPageOptions>(),
            () => TelemetryTargets.Check(builder.Configuration),
            () => app.Services.GetRequiredService<IStartupValidator>().Validate(),
            () => Schedules.Read(builder.Configuration, Schedules.UploadSetting, Schedules.Upload),
            () => Schedules.Read(builder.Configuration, Schedules.RecoverySetting, Schedules.Recovery),
            () => Schedules.Read(builder.Configuration, Schedules.ConfirmationSetting, Schedules.Confirmation));
        HostAdapter.Finish(app);
        return app;
    }

    /// <summary>Runs the app until it is stopped. What keeps it from running goes to standard error, one line each.</summary>
    /// <returns>The exit code: 0, or 1 when settings, database or port did not let it run.</returns>
    public static async Task<int> RunAsync(string[] args)
    {
        try
        {
            var app = Create(args);
            var report = app.Services.GetRequiredService<StartupReport>();
            // Disposes it too.
            await app.RunAsync();
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
        Console.Error.WriteLine("OpsMantik Functions cannot start:");
        foreach (var fault in faults)
            Console.Error.WriteLine($"  {fault}");
        return 1;
    }

    private static void AddLogging(HostAppBuilder builder)
    {
        builder.Logging
            .AddFilter("Microsoft", LogLevel.Warning)
            .AddFilter("System", LogLevel.Warning)
            .AddFilter("Microsoft.Hosting.Lifetime", LogLevel.Information)
            // A port in use is told in one line, not as a stack trace.
            .AddFilter("Microsoft.Extensions.Hosting.Internal.Host", LogLevel.Critical)
            .AddConfiguration(builder.Configuration.GetSection("Logging"));
        if (!HostAdapter.LogsToConsole)
            return;
        builder.Logging.AddSimpleConsole(options =>
        {
            options.SingleLine = true;
            options.UseUtcTimestamp = true;
            options.TimestampFormat = "yyyy-MM-dd'T'HH:mm:ss.fff'Z' ";
            options.ColorBehavior = LoggerColorBehavior.Disabled;
        });
    }
}
