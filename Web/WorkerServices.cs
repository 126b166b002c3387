using Microsoft.AspNetCore.Hosting;
using OpsMantik.Core;
using OpsMantik.Core.Database;
using OpsMantik.Core.Runs;
using OpsMantik.Web.Endpoints;
using OpsMantik.Web.StatusPage;

namespace OpsMantik.Web;

internal static class WorkerServices
{
    /// <summary>Core, the endpoints, the timers, and what guards them.</summary>
    public static void AddWorker(this IServiceCollection services, IConfiguration configuration)
    {
        services.AddOpsMantikCore(configuration);
        // Named only when called: a worker with a password never loads Azure's libraries.
        services.AddSingleton<IDatabaseToken>(provider => EntraToken.From(provider));
        services.AddSingleton<JobLateness>();
        services.AddSingleton<AlertTeller>();
        services.AddHostedService(provider => provider.GetRequiredService<AlertTeller>());
        services.AddSingleton(WorkerJobs.From);
        services.AddSingleton<DatabaseReadiness>();
        services.AddSingleton<DatabaseHealth>();
        services.AddSingleton<StartupReport>();
        services.AddHostedService(provider => provider.GetRequiredService<StartupReport>());
        AddEndpoints(services);
        AddTimers(services);
    }

    private static void AddEndpoints(IServiceCollection services)
    {
        services.AddSingleton<IStartupFilter, AnswerHeaders>();
        services.AddSingleton<AccessSecrets>();
        services.AddSingleton<RefusedCalls>();
        services.AddSingleton<CronSecretFilter>();
        services.AddOptions<StatusPageOptions>().BindConfiguration(StatusPageOptions.Section);
        services.AddSingleton<StatusAccessFilter>();
        services.AddSingleton<PageRenderer>();
        services.AddSingleton<FaultFilter>();
        services.AddSingleton<CallLimit>();
        services.AddSingleton<IEndpoint, ProcessOfflineConversionsEndpoint>();
        services.AddSingleton<IEndpoint, RecoverProcessingEndpoint>();
        services.AddSingleton<IEndpoint, SeedCredentialsEndpoint>();
        services.AddSingleton<IEndpoint, ConfirmUploadsEndpoint>();
        services.AddSingleton<IEndpoint, ReconcileUploadsEndpoint>();
        services.AddSingleton<IEndpoint, HealthEndpoint>();
        services.AddSingleton<IEndpoint, StatusEndpoint>();
        services.AddSingleton<IEndpoint, SaleEndpoint>();
        services.AddSingleton<EndpointPipeline>();
    }

    // The upload's timer has no limit: it drains what is due within the run's time budget.
    private static void AddTimers(IServiceCollection services)
    {
        Add(FunctionNames.ProcessOfflineConversionsTimer, Schedules.UploadSetting, Schedules.Upload,
            jobs => stopping => jobs.Upload(new UploadRequest(), stopping));
        Add(FunctionNames.RecoverProcessingTimer, Schedules.RecoverySetting, Schedules.Recovery,
            jobs => stopping => jobs.Recover(RecoveryRun.DefaultMinAgeMinutes, stopping));
        Add(FunctionNames.ConfirmUploadsTimer, Schedules.ConfirmationSetting, Schedules.Confirmation,
            jobs => stopping => jobs.Confirm(stopping));
        Add(FunctionNames.ReconcileUploadsTimer, Schedules.ReconciliationSetting, Schedules.Reconciliation,
            jobs => stopping => jobs.Reconcile(ReconcileRequest.Scheduled, stopping));
        services.AddSingleton<TimerRunner>();

        void Add(string function, string setting, string fallback, Func<WorkerJobs, Func<CancellationToken, Task>> run) =>
            services.AddSingleton(provider => new TimerJob(
                function,
                Schedules.Read(provider.GetRequiredService<IConfiguration>(), setting, fallback),
                run(provider.GetRequiredService<WorkerJobs>())));
    }
}
