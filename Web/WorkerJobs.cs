using System.Text.Json;
using OpsMantik.Core.Database;
using OpsMantik.Core.Runs;
using OpsMantik.Core.Status;

namespace OpsMantik.Web;

/// <summary>
/// What this app does for its callers: the jobs of Core, as timers and endpoints start them. The end of a run is noted.
/// </summary>
internal sealed record WorkerJobs(
    Func<UploadRequest, CancellationToken, Task<UploadSummary>> Upload,
    Func<int, CancellationToken, Task<int>> Recover,
    Func<CancellationToken, Task<ConfirmSummary>> Confirm,
    Func<Guid, string, JsonElement, string, CancellationToken, Task<SeedResult>> Seed,
    Func<CancellationToken, Task<DatabaseStatus>> CheckDatabase)
{
    public static WorkerJobs From(IServiceProvider services)
    {
        var ticks = services.GetRequiredService<WorkerTicks>();
        var upload = services.GetRequiredService<UploadRun>();
        var recovery = services.GetRequiredService<RecoveryRun>();
        var confirm = services.GetRequiredService<ConfirmRun>();
        return new WorkerJobs(
            (request, stopping) => ticks.AfterAsync(WorkerTicks.Upload, upload.RunAsync(request, stopping)),
            (minutes, stopping) => ticks.AfterAsync(WorkerTicks.Recovery, recovery.RunAsync(minutes, stopping)),
            stopping => ticks.AfterAsync(WorkerTicks.Confirm, confirm.RunAsync(stopping)),
            services.GetRequiredService<CredentialSeeding>().SeedAsync,
            services.GetRequiredService<DatabaseCheck>().CheckAsync);
    }
}
