using System.Text.Json;
using OpsMantik.Core.Vault;
using OpsMantik.Functions.Tests.Scenarios;
using OpsMantik.Functions.Tests.Support;

namespace OpsMantik.Functions.Tests.Cli;

/// <summary>A real process, really killed, while a worker drains.</summary>
internal sealed class RotateKeyKillTests : Scenario
{
    private const int Credentials = 5_000;

    private static readonly string NewKey = Convert.ToBase64String("CANARY-another-key-of-32-bytes-1"u8);
    private static readonly string NewFingerprint = VaultKeyRing.Parse(NewKey, null).Current.Fingerprint;

    [Test]
    public async Task Killed_half_way_it_is_finished_by_the_next_and_no_row_fails_meanwhile()
    {
        Google.KeepBodies = false;
        var sites = await AddManySitesAsync();
        for (var index = 0; index < sites.Length; index += 50)
            await Database.EnqueueAsync(sites[index], 3, $"row-{index}");
        // The worker has the new key beside its own, as the runbook wants it before a rotation.
        await using var worker = NewWorker(("OPSMANTIK_VAULT_PREVIOUS_KEYS", NewKey));
        using var drained = new CancellationTokenSource();
        var draining = DrainAsync(worker, drained.Token);

        using (var first = CliProcess.Start(Database.OperatorConnectionString, ["credentials", "rotate-key", "--as", "first"], Settings()))
        {
            while (await ResealedAsync() < 500 && !first.HasExited)
                await Task.Delay(5);
            first.Kill(entireProcessTree: true);
            await first.WaitForExitAsync().WaitAsync(TimeSpan.FromSeconds(60));
        }

        var half = await ResealedAsync();
        Assert.That(half, Is.InRange(500, Credentials - 1), "it was killed half-way");
        var (exitCode, output, error) = await CliProcess.RunAsync(
            Database.OperatorConnectionString, ["credentials", "rotate-key", "--as", "second", "--json"], Settings());
        await drained.CancelAsync();
        await draining;
        await worker.UploadAsync();

        Assert.That(exitCode, Is.Zero, error);
        using var json = JsonDocument.Parse(output);
        Assert.That(json.RootElement.GetProperty("resealed").GetInt64(), Is.EqualTo(Credentials - half));
        Assert.That(await ResealedAsync(), Is.EqualTo(Credentials));
        Assert.That(
            await Database.ScalarAsync<string>(
                "select string_agg(distinct status || coalesce(provider_error_code, ''), ' ') from offline_conversion_queue"),
            Is.EqualTo("COMPLETED"), "no row failed, and none waited");
        Assert.That(
            await Database.ScalarAsync<long>(
                "select sum(row_count)::bigint from operator_audit where action = 'credentials rotate-key'"),
            Is.EqualTo(Credentials), "what the killed one did is on record too");
    }

    private static async Task DrainAsync(Worker worker, CancellationToken stopping)
    {
        while (!stopping.IsCancellationRequested)
            await worker.UploadAsync(limit: 5, CancellationToken.None);
    }

    private Task<long> ResealedAsync() => Database.ScalarAsync<long>(
        "select count(*) from provider_credentials where key_fingerprint = $1", NewFingerprint);

    private Dictionary<string, string?> Settings()
    {
        var settings = Worker.Settings(Google);
        (settings["OPSMANTIK_VAULT_KEY"], settings["OPSMANTIK_VAULT_PREVIOUS_KEYS"]) = (NewKey, Worker.VaultKey);
        return settings;
    }

    private async Task<Guid[]> AddManySitesAsync()
    {
        var sites = await Database.AddSitesAsync(Credentials);
        var credential = Worker.Vault.Seal(JsonSerializer.SerializeToUtf8Bytes(QueueSeed.Credentials()));
        await Database.ExecuteAsync(
            """
            insert into provider_credentials (site_id, provider_key, encrypted_payload, key_fingerprint)
            select s.id, 'google_ads', $2, $3 from unnest($1) as s (id)
            """, sites, credential.Payload, credential.KeyFingerprint);
        return sites;
    }
}
