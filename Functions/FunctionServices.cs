using OpsMantik.Core.Database;
using OpsMantik.Core.Runs;
using OpsMantik.Functions.Endpoints;
using OpsMantik.Functions.Identity;
using OpsMantik.Functions.StatusPage;
using OpsMantik.Functions.Timers;

namespace OpsMantik.Functions;

internal static class FunctionServices
{
    /// <summary>The endpoints, the timers, and what guards both.</summary>
    public static void AddFunctions(this IServiceCollection services)
    {
        // Named only when called: a worker with a password never loads Azure's libraries.
        services.AddSingleton<IDatabaseToken>(provider => EntraToken.From(provider));
        services.AddSingleton(WorkerJobs.From);
        services.AddSingleton<FunctionSwitches>();
        services.AddSingleton<CronGate>();
        services.AddSingleton<DatabaseGate>();

        services.AddSingleton<IEndpoint, ProcessOfflineConversionsEndpoint>();
        services.AddSingleton<IEndpoint, RecoverProcessingEndpoint>();
        services.AddSingleton<IEndpoint, SeedCredentialsEndpoint>();
        services.AddSingleton<IEndpoint, ConfirmUploadsEndpoint>();
        services.AddSingleton<IEndpoint, HealthEndpoint>();
        services.AddSingleton<IEndpoint, StatusEndpoint>();
        services.AddOptions<StatusPageOptions>().BindConfiguration(StatusPageOptions.Section);
        services.AddSingleton<StatusGate>();
        services.AddSingleton<EndpointDispatcher>();
        services.AddSingleton<FaultAnswers>();

        services.AddSingleton(UploadTimer);
        services.AddSingleton(RecoveryTimer);
        services.AddSingleton(ConfirmationTimer);
        services.AddSingleton<TimerRunner>();
        services.AddSingleton<StartupReport>();
        services.AddHostedService(provider => provider.GetRequiredService<StartupReport>());
    }

    // The timer has no limit: it drains what is due within the run's time budget.
    private static TimerJob UploadTimer(IServiceProvider services)
    {
        var jobs = services.GetRequiredService<WorkerJobs>();
        return new TimerJob(
            FunctionNames.ProcessOfflineConversionsTimer,
            Schedules.Read(services.GetRequiredService<IConfiguration>(), Schedules.UploadSetting, Schedules.Upload),
            stopping => jobs.Upload(new UploadRequest(), stopping));
    }

    private static TimerJob RecoveryTimer(IServiceProvider services)
    {
        var jobs = services.GetRequiredService<WorkerJobs>();
        return new TimerJob(
            FunctionNames.RecoverProcessingTimer,
            Schedules.Read(services.GetRequiredService<IConfiguration>(), Schedules.RecoverySetting, Schedules.Recovery),
            stopping => jobs.Recover(RecoveryRun.DefaultMinAgeMinutes, stopping));
    }

    private static TimerJob ConfirmationTimer(IServiceProvider services)
    {
        var jobs = services.GetRequiredService<WorkerJobs>();
        return new TimerJob(
            FunctionNames.ConfirmUploadsTimer,
            Schedules.Read(
                services.GetRequiredService<IConfiguration>(), Schedules.ConfirmationSetting, Schedules.Confirmation),
            stopping => jobs.Confirm(stopping));
    }
}
