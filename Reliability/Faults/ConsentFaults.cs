using OpsMantik.Local.GoogleEmulator;
using OpsMantik.Reliability.Stages;
using OpsMantik.Testbed.Workers;

namespace OpsMantik.Reliability.Faults;

/// <summary>The token endpoint and the vault in trouble: each site's for itself.</summary>
internal static class ConsentFaults
{
    public static IReadOnlyList<FaultScenario> All { get; } =
    [
        new("token endpoint down", stage => AnswerAsync(stage, CallBehaviour.ServerError())),
        new("token endpoint hangs", stage => AnswerAsync(stage, CallBehaviour.Hang)),
        new("token endpoint answers garbage", stage => AnswerAsync(stage, CallBehaviour.Garbage)),
        new("consent revoked mid-run", RevokeAsync),
        new("wrong vault key for one site", LoseKeyAsync),
        new("one corrupt ciphertext among good ones", DamageAsync),
    ];

    private static async Task<WorkerClient> AnswerAsync(Stage stage, CallBehaviour behaviour)
    {
        stage.Google.SetBehaviour(null, behaviour, CallTarget.Token);
        var worker = await stage.StartWorkerAsync(null, null, ("GoogleAds:RequestTimeout", "00:00:01"));
        await worker.UploadAsync();
        stage.Google.SetBehaviour(null, CallBehaviour.Normal, CallTarget.Token);
        return await stage.StartWorkerAsync();
    }

    /// <summary>The access token in use is refused too; the others' rows go on, these fail and are re-queued by hand.</summary>
    private static async Task<WorkerClient> RevokeAsync(Stage stage)
    {
        var worker = await stage.StartWorkerAsync();
        await worker.UploadAsync(stage.Sites.Length);
        stage.Google.SetBehaviour("0000000001", CallBehaviour.Unauthorized);
        stage.Google.SetBehaviour("CANARY-refresh-1", CallBehaviour.Unauthorized, CallTarget.Token);
        await worker.UploadAsync();
        await ExpectOneSiteAsync(stage, "FAILED");

        stage.Google.SetBehaviour("0000000001", CallBehaviour.Normal);
        stage.Google.SetBehaviour("CANARY-refresh-1", CallBehaviour.Normal, CallTarget.Token);
        await stage.RequeueAsync();
        return worker;
    }

    private static async Task<WorkerClient> LoseKeyAsync(Stage stage)
    {
        await stage.Database.ExecuteAsync(
            "update provider_credentials set key_fingerprint = 'ffffffffffffffff' where site_id = $1", stage.Sites[0]);
        var fingerprint = await stage.Database.ScalarAsync<string>(
            "select key_fingerprint from provider_credentials where site_id = $1", stage.Sites[1]);
        var worker = await stage.StartWorkerAsync();
        await worker.UploadAsync();
        await ExpectOneSiteAsync(stage, "RETRY");
        if (await stage.Database.ScalarAsync<long>(
            "select count(*) from offline_conversion_queue where status = 'RETRY' and retry_count > 0") > 0)
            throw new InvalidOperationException("Waiting for a key spent an attempt.");

        await stage.Database.ExecuteAsync("update provider_credentials set key_fingerprint = $1", fingerprint);
        return worker;
    }

    private static async Task<WorkerClient> DamageAsync(Stage stage)
    {
        var good = await stage.Database.ScalarAsync<string>(
            "select encrypted_payload from provider_credentials where site_id = $1", stage.Sites[0]);
        await stage.Database.ExecuteAsync(
            "update provider_credentials set encrypted_payload = overlay($2 placing 'AAAA' from 60) where site_id = $1",
            stage.Sites[0], good);
        var worker = await stage.StartWorkerAsync();
        await worker.UploadAsync();
        await ExpectOneSiteAsync(stage, "FAILED");

        await stage.Database.ExecuteAsync(
            "update provider_credentials set encrypted_payload = $2 where site_id = $1", stage.Sites[0], good);
        await stage.RequeueAsync();
        return worker;
    }

    private static async Task ExpectOneSiteAsync(Stage stage, string status)
    {
        var sites = await stage.Database.ScalarAsync<long>(
            "select count(distinct q.site_id) from offline_conversion_queue q where q.status = $1", status);
        var completed = await stage.Database.ScalarAsync<long>(
            """
            select count(*)
            from (
                select from offline_conversion_queue q group by q.site_id having bool_and(q.status = 'COMPLETED')
            ) done
            """);
        if (sites != 1 || completed != stage.Sites.Length - 1)
            throw new InvalidOperationException($"{sites} sites have {status} rows and {completed} are done: one, and all others.");
    }
}
