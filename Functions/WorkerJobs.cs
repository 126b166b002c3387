using System.Text.Json;
using OpsMantik.Core.Database;
using OpsMantik.Core.Runs;

namespace OpsMantik.Functions;

/// <summary>What this app does for its callers: the jobs of Core, as timers and endpoints start them.</summary>
internal sealed record WorkerJobs(
    Func<UploadRequest, CancellationToken, Task<UploadSummary>> Upload,
    Func<int, CancellationToken, Task<int>> Recover,
    Func<CancellationToken, Task<ConfirmSummary>> Confirm,
    Func<Guid, string, JsonElement, string, CancellationToken, Task<SeedResult>> Seed,
    Func<CancellationToken, Task<DatabaseStatus>> CheckDatabase)
{
    public static WorkerJobs From(IServiceProvider services) => new(
        services.GetRequiredService<UploadRun>().RunAsync,
        services.GetRequiredService<RecoveryRun>().RunAsync,
        services.GetRequiredService<ConfirmRun>().RunAsync,
        services.GetRequiredService<CredentialSeeding>().SeedAsync,
        services.GetRequiredService<DatabaseCheck>().CheckAsync);
}
