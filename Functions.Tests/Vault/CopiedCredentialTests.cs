using Npgsql;
using OpsMantik.Core.Operations;
using OpsMantik.Core.Providers;
using OpsMantik.Core.Reconciliation;
using OpsMantik.Core.Runs;
using OpsMantik.Core.Status;
using OpsMantik.Core.Vault;
using OpsMantik.Functions.Tests.Scenarios;
using OpsMantik.Functions.Tests.Support;

namespace OpsMantik.Functions.Tests.Vault;

/// <summary>Whoever can write to the database copies one site's sealed credential onto another's row.</summary>
internal sealed class CopiedCredentialTests : Scenario
{
    private const string Code = "CREDENTIAL_NOT_OF_THIS_SITE";

    private Guid _owner;
    private Guid _victim;

    [SetUp]
    public async Task AddSitesAsync() => (_owner, _victim) = (await AddSiteAsync(1), await AddSiteAsync(2));

    [Test]
    public async Task Nothing_is_uploaded_by_it_its_neighbours_rows_go_out_and_it_alarms()
    {
        await CopyAsync();
        foreach (var site in (Guid[])[_owner, _victim])
            await Database.EnqueueAsync(site, 2, $"c-{site}");
        await using var worker = NewWorker();
        using var metrics = new RecordedMetrics(worker.Meters);

        await worker.UploadAsync();

        Assert.That(await RowsAsync(_owner), Is.EqualTo("COMPLETED:2"));
        Assert.That(await RowsAsync(_victim), Is.EqualTo($"FAILED/{Code}:2"));
        Assert.That(Google.Calls.SelectMany(call => call.Body.Split('"')), Has.None.StartsWith($"c-{_victim}"));
        Assert.That(worker.Logs, Has.Some.StartsWith($"Error The credentials of site={_victim} provider=google_ads were sealed for another"));
        Assert.That(metrics.Of("opsmantik.credentials.revoked")["provider=google_ads"], Is.EqualTo(1));
        var state = (await worker.Get<StatusReader>().ReadAsync(default)).Sites.Single(site => site.SiteId == _victim);
        Assert.That((state.Need, state.Cause?.Code, state.Circuit), Is.EqualTo((SiteNeed.Revoked, Code, "CLOSED")));
    }

    [Test]
    public async Task It_opens_for_no_question_correction_count_check_or_preview()
    {
        await Database.AddCredentialsAsync(Worker.Vault, _victim, CustomerId(2), uploadApi: "data_manager");
        await Database.EnqueueAsync(_owner, 1, "own");
        await Database.EnqueueAsync(_victim, 1, "other");
        await using var worker = NewWorker(("Reconcile:SettleAfter", "00:00:00"));
        await worker.UploadAsync();
        Assert.That(await RowsAsync(_victim), Is.EqualTo("SUBMITTED:1"));
        await CopyAsync();
        await Database.ExecuteAsync("update provider_upload_requests set next_check_at = now()");
        var asked = Google.StatusCalls.Count;

        var confirmed = await worker.ConfirmAsync();
        await Database.ExecuteAsync("update offline_conversion_queue set status = 'COMPLETED' where site_id = $1", _victim);
        await Database.ExecuteAsync("update sales set status = 'CANCELED' where site_id = $1", _victim);
        await worker.UploadAsync();
        await worker.Get<ReconcileRun>().RunAsync(new ReconcileRequest(_victim), CancellationToken.None);
        var verified = await worker.Get<CredentialVerification>().VerifyAsync(_victim, "google_ads", CancellationToken.None);
        var preview = await worker.Get<UploadPreviewReader>().ReadAsync(_victim, "google_ads", null, 10, CancellationToken.None);

        Assert.That((confirmed.Checked, confirmed.Pending, Google.StatusCalls.Count), Is.EqualTo((1, 1, asked)));
        Assert.That(
            await Database.ScalarAsync<string>(
                "select status || ' ' || provider_error_code from conversion_corrections where site_id = $1", _victim),
            Is.EqualTo($"FAILED {Code}"));
        var counted = await worker.Get<ReconciliationReader>().ReadAsync("google_ads", _victim, 1, CancellationToken.None);
        Assert.That(counted.Single().FaultCode, Is.EqualTo(Code));
        Assert.That(
            (verified!.Access.Result, verified.Access.Step, verified.Access.Code),
            Is.EqualTo((AccessResult.Refused, AccessStep.Credentials, Code)));
        Assert.That(preview!.Fault, Does.StartWith(Code));
    }

    [Test]
    public async Task Rotating_names_it_and_leaves_it_as_evidence()
    {
        await CopyAsync();
        var before = await SealedTextAsync(_victim);
        await using var source = NpgsqlDataSource.Create(Database.OperatorConnectionString);
        var keys = VaultKeyRing.Parse(Convert.ToBase64String("CANARY-another-key-of-32-bytes-1"u8), Worker.VaultKey);

        var result = await new KeyRotation(source, new CredentialInventory(source), new CredentialVault(keys), keys)
            .RunAsync("ops", null, CancellationToken.None);

        Assert.That((result.Resealed, result.Bound), Is.EqualTo((1, 0)));
        Assert.That(result.NotOfThisSite, Is.EqualTo(new[] { _victim }));
        Assert.That(await SealedTextAsync(_victim), Is.EqualTo(before));
    }

    private Task<string?> SealedTextAsync(Guid site) =>
        Database.ScalarAsync<string>("select encrypted_payload from provider_credentials where site_id = $1", site);

    private Task<int> CopyAsync() => Database.ExecuteAsync(
        """
        update provider_credentials c
        set encrypted_payload = o.encrypted_payload, key_fingerprint = o.key_fingerprint
        from provider_credentials o
        where c.site_id = $1 and o.site_id = $2
        """, _victim, _owner);
}
