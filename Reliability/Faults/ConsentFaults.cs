using OpsMantik.Local.GoogleEmulator;
using OpsMantik.Testbed.Workers;

namespace OpsMantik.Reliability.Faults;

/// <summary>The token endpoint and the vault in trouble: each site's for itself.</summary>
internal static class ConsentFaults
{
    public static IReadOnlyList<FaultScenario> All { get; } =
    [
        new("token endpoint down", environment => AnswerAsync(environment, CallBehaviour.ServerError())),
        new("token endpoint hangs", environment => AnswerAsync(environment, CallBehaviour.Hang)),
        new("token endpoint answers garbage", environment => AnswerAsync(environment, CallBehaviour.Garbage)),
        new("consent revoked mid-run", RevokeAsync),
        new("wrong vault key for one site", LoseKeyAsync),
        new("one corrupt ciphertext among good ones", DamageAsync),
    ];

    private static async Task<WorkerClient> AnswerAsync(ProofEnvironment environment, CallBehaviour behaviour)
    {
        environment.Google.SetBehaviour(null, behaviour, CallTarget.Token);
        var worker = await environment.StartWorkerAsync(null, null, ("GoogleAds:RequestTimeout", "00:00:01"));
        await worker.UploadAsync();
        environment.Google.SetBehaviour(null, CallBehaviour.Normal, CallTarget.Token);
        return await environment.StartWorkerAsync();
    }

    /// <summary>The access token in use is refused too; the others' rows go on, these fail and are re-queued by hand.</summary>
    private static async Task<WorkerClient> RevokeAsync(ProofEnvironment environment)
    {
        var worker = await environment.StartWorkerAsync();
        await worker.UploadAsync(environment.Sites.Length);
        environment.Google.SetBehaviour("0000000001", CallBehaviour.Unauthorized);
        environment.Google.SetBehaviour("CANARY-refresh-1", CallBehaviour.Unauthorized, CallTarget.Token);
        await worker.UploadAsync();
        await ExpectOneSiteAsync(environment, "FAILED");

        environment.Google.SetBehaviour("0000000001", CallBehaviour.Normal);
        environment.Google.SetBehaviour("CANARY-refresh-1", CallBehaviour.Normal, CallTarget.Token);
        await environment.RequeueAsync();
        return worker;
    }

    private static async Task<WorkerClient> LoseKeyAsync(ProofEnvironment environment)
    {
        await environment.Database.ExecuteAsync(
            "update provider_credentials set key_fingerprint = 'ffffffffffffffff' where site_id = $1", environment.Sites[0]);
        var fingerprint = await environment.Database.ScalarAsync<string>(
            "select key_fingerprint from provider_credentials where site_id = $1", environment.Sites[1]);
        var worker = await environment.StartWorkerAsync();
        await worker.UploadAsync();
        await ExpectOneSiteAsync(environment, "RETRY");
        if (await environment.Database.ScalarAsync<long>(
            "select count(*) from offline_conversion_queue where status = 'RETRY' and retry_count > 0") > 0)
            throw new InvalidOperationException("Waiting for a key spent an attempt.");

        await environment.Database.ExecuteAsync("update provider_credentials set key_fingerprint = $1", fingerprint);
        return worker;
    }

    private static async Task<WorkerClient> DamageAsync(ProofEnvironment environment)
    {
        var good = await environment.Database.ScalarAsync<string>(
            "select encrypted_payload from provider_credentials where site_id = $1", environment.Sites[0]);
        await environment.Database.ExecuteAsync(
            "update provider_credentials set encrypted_payload = overlay($2 placing 'AAAA' from 60) where site_id = $1",
            environment.Sites[0], good);
        var worker = await environment.StartWorkerAsync();
        await worker.UploadAsync();
        await ExpectOneSiteAsync(environment, "FAILED");

        await environment.Database.ExecuteAsync(
            "update provider_credentials set encrypted_payload = $2 where site_id = $1", environment.Sites[0], good);
        await environment.RequeueAsync();
        return worker;
    }

    private static async Task ExpectOneSiteAsync(ProofEnvironment environment, string status)
    {
        var sites = await environment.Database.ScalarAsync<long>(
            "select count(distinct q.site_id) from offline_conversion_queue q where q.status = $1", status);
        var completed = await environment.Database.ScalarAsync<long>(
            """
            select count(*)
            from (
                select from offline_conversion_queue q group by q.site_id having bool_and(q.status = 'COMPLETED')
            ) done
            """);
        if (sites != 1 || completed != environment.Sites.Length - 1)
            throw new InvalidOperationException($"{sites} sites have {status} rows and {completed} are done: one, and all others.");
    }
}
