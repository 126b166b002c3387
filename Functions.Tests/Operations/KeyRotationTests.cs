using System.Text.Json;
using Npgsql;
using OpsMantik.Core.Operations;
using OpsMantik.Core.Vault;
using OpsMantik.Functions.Tests.Scenarios;
using OpsMantik.Functions.Tests.Support;

namespace OpsMantik.Functions.Tests.Operations;

internal sealed class KeyRotationTests : Scenario
{
    private static readonly string NewKey = Convert.ToBase64String("CANARY-another-key-of-32-bytes-1"u8);
    private static readonly string OldKey = Worker.VaultKey;
    private static readonly VaultKeyRing Keys = VaultKeyRing.Parse(NewKey, OldKey);

    private NpgsqlDataSource _source = null!;

    [SetUp]
    public void Connect() => _source = NpgsqlDataSource.Create(Database.OperatorConnectionString);

    [TearDown]
    public async Task CloseAsync() => await _source.DisposeAsync();

    [Test]
    public async Task Five_thousand_credentials_are_resealed_while_workers_upload_and_no_row_fails()
    {
        var sites = await AddManySitesAsync(5_000);
        for (var index = 0; index < sites.Length; index += 50)
            await Database.EnqueueAsync(sites[index], 2, $"row-{index}");
        await using var worker = NewWorker(("OPSMANTIK_VAULT_PREVIOUS_KEYS", NewKey));

        var rotating = NewRotation().RunAsync("ops", null, CancellationToken.None);
        while (!rotating.IsCompleted)
            await worker.UploadAsync(limit: 10);
        await worker.UploadAsync();

        var result = await rotating;
        Assert.That((result.Resealed, result.Changed), Is.EqualTo((5_000, 0)));
        Assert.That(
            await Database.ScalarAsync<string>(
                "select string_agg(distinct status || coalesce(provider_error_code, ''), ' ') from offline_conversion_queue"),
            Is.EqualTo("COMPLETED"));
        Assert.That(await FingerprintsAsync(), Is.EqualTo($"{Keys.Current.Fingerprint}:5000"));
    }

    [Test]
    public async Task What_says_nothing_of_its_site_is_sealed_again_although_its_key_is_current_and_the_audit_tells()
    {
        var sites = await AddManySitesAsync(2);
        await Database.AddCredentialsAsync(new CredentialVault(Keys), sites[0]);
        var bound = await Database.AddSiteAsync();
        await Database.AddCredentialsAsync(new CredentialVault(Keys), bound);
        var current = new CredentialVault(Keys).Seal(JsonSerializer.SerializeToUtf8Bytes(QueueSeed.Credentials()));
        await Database.ExecuteAsync(
            "update provider_credentials set encrypted_payload = $2, key_fingerprint = $3 where site_id = $1",
            sites[0], current.Payload, current.KeyFingerprint);

        var first = await NewRotation().RunAsync("first", null, CancellationToken.None);
        var second = await NewRotation().RunAsync("second", null, CancellationToken.None);

        Assert.That((first.Resealed, first.Bound, first.Current), Is.EqualTo((2, 2, 1)));
        Assert.That((second.Resealed, second.Bound, second.Current), Is.EqualTo((0, 0, 3)));
        Assert.That(
            await Database.ScalarAsync<string>("select string_agg(details ->> 'newly_bound', ' ') from operator_audit"),
            Is.EqualTo("2"));
    }

    [Test]
    public async Task A_rotation_killed_half_way_is_finished_by_the_next_and_both_are_on_record()
    {
        await AddManySitesAsync(450);
        using var kill = new CancellationTokenSource();
        var progress = new KillAfterFirst(kill);

        Assert.That(
            async () => await NewRotation().RunAsync("first", progress, kill.Token),
            Throws.InstanceOf<OperationCanceledException>());
        var half = await Database.ScalarAsync<long>(
            "select count(*) from provider_credentials where key_fingerprint = $1", Keys.Current.Fingerprint);
        var result = await NewRotation().RunAsync("second", null, CancellationToken.None);

        Assert.That(half, Is.InRange(100, 400));
        Assert.That((result.Resealed, result.Current), Is.EqualTo((450 - half, half)));
        Assert.That(
            await Database.ScalarAsync<string>(
                "select string_agg(a.line, ' ' order by a.line) from (select actor || ':' || sum(row_count) as line "
                + "from operator_audit group by actor) a"),
            Is.EqualTo($"first:{half} second:{450 - half}"));
    }

    [Test]
    public async Task Newer_credentials_stored_meanwhile_stay()
    {
        var last = (await AddManySitesAsync(101)).Max();
        var progress = new StoreAfterFirst(Database, last);

        var result = await NewRotation().RunAsync("ops", progress, CancellationToken.None);

        Assert.That((result.Resealed, result.Changed), Is.EqualTo((100, 1)));
        Assert.That(
            await Database.ScalarAsync<string>("select encrypted_payload from provider_credentials where site_id = $1", last),
            Is.EqualTo("stored meanwhile"));
    }

    [Test]
    public async Task What_no_key_opens_is_named_and_left_alone()
    {
        var sites = (await AddManySitesAsync(3)).Order().ToArray();
        await Database.ExecuteAsync(
            "update provider_credentials set key_fingerprint = '0000000000000000' where site_id = $1", sites[0]);
        await Database.ExecuteAsync(
            "update provider_credentials set encrypted_payload = 'AAAA' where site_id = $1", sites[1]);

        var result = await NewRotation().RunAsync("ops", null, CancellationToken.None);

        Assert.That(result.Resealed, Is.EqualTo(1));
        Assert.That(result.UnknownKey, Is.EqualTo(new[] { sites[0] }));
        Assert.That(result.Unreadable, Is.EqualTo(new[] { sites[1] }));
    }

    private KeyRotation NewRotation() =>
        new(_source, new CredentialInventory(_source), new CredentialVault(Keys), Keys);

    private Task<string?> FingerprintsAsync() => Database.ScalarAsync<string>(
        """
        select string_agg(k.line, ' ')
        from (select key_fingerprint || ':' || count(*) as line from provider_credentials group by key_fingerprint) k
        """);

    private async Task<Guid[]> AddManySitesAsync(int count)
    {
        var sites = await Database.AddSitesAsync(count);
        var credential = Worker.Vault.Seal(JsonSerializer.SerializeToUtf8Bytes(QueueSeed.Credentials()));
        await Database.ExecuteAsync(
            """
            insert into provider_credentials (site_id, provider_key, encrypted_payload, key_fingerprint)
            select s.id, 'google_ads', $2, $3 from unnest($1) as s (id)
            """, sites, credential.Payload, credential.KeyFingerprint);
        return sites;
    }

    private sealed class KillAfterFirst(CancellationTokenSource kill) : IProgress<long>
    {
        public void Report(long value) => kill.Cancel();
    }

    /// <summary>Somebody stores newer credentials between the rotation's look and its write of the second batch.</summary>
    private sealed class StoreAfterFirst(TestDatabase database, Guid site) : IProgress<long>
    {
        public void Report(long value) => database.ExecuteAsync(
            "update provider_credentials set encrypted_payload = 'stored meanwhile' where site_id = $1", site)
            .GetAwaiter().GetResult();
    }
}
