using System.Text.Json;
using OpsMantik.Core.Vault;

namespace OpsMantik.Functions.Tests.Support;

/// <summary>Arranges sites, sales and queue rows the way the application leaves them.</summary>
internal static class QueueSeed
{
    public static async Task<Guid> AddSiteAsync(this TestDatabase database)
    {
        var id = await database.ScalarAsync<Guid>("insert into sites default values returning id");
        return id;
    }

    public static async Task<Guid[]> AddSitesAsync(this TestDatabase database, int count) =>
        (await database.ScalarAsync<Guid[]>(
            """
            with added as (insert into sites (id) select gen_random_uuid() from generate_series(1, $1) returning id)
            select array_agg(id) from added
            """, count))!;

    /// <summary>Queues rows with click ids <c>prefix-1</c> …, each a second younger than the one before.</summary>
    public static async Task<Guid[]> EnqueueAsync(
        this TestDatabase database, Guid site, int count = 1, string clickPrefix = "click", string status = "QUEUED") =>
        (await database.ScalarAsync<Guid[]>(
            """
            with sold as (
                insert into sales (id, site_id, occurred_at, amount_cents, status)
                select gen_random_uuid(), $1, now() - interval '2 days', 12345, 'CONFIRMED'
                from generate_series(1, $2)
                returning id
            ),
            numbered as (select s.id, row_number() over () as n from sold s),
            queued as (
                insert into offline_conversion_queue
                    (site_id, sale_id, gclid, conversion_time, value_cents, status, created_at)
                select $1, n.id, $3 || '-' || n.n, now() - interval '2 days', 12345, $4,
                       now() - interval '1 day' + n.n * interval '1 second'
                from numbered n
                returning id, created_at
            )
            select array_agg(q.id order by q.created_at) from queued q
            """, site, count, clickPrefix, status))!;

    /// <summary>Seals credentials for their site, whose secrets carry the suite's canary word.</summary>
    public static async Task AddCredentialsAsync(
        this TestDatabase database, CredentialVault vault, Guid site, string customerId = "1234567890",
        string refreshToken = "CANARY-refresh", string? uploadApi = null, string? login = null)
    {
        var credentials = Credentials(customerId, refreshToken);
        if (uploadApi is not null)
            credentials["upload_api"] = uploadApi;
        if (login is not null)
            credentials["login_customer_id"] = login;
        var json = JsonSerializer.SerializeToUtf8Bytes(credentials);
        var credential = vault.Seal(new(site, "google_ads"), json);
        await database.ExecuteAsync(
            """
            insert into provider_credentials (site_id, provider_key, encrypted_payload, key_fingerprint)
            values ($1, 'google_ads', $2, $3)
            on conflict (site_id, provider_key) do update
            set encrypted_payload = excluded.encrypted_payload, key_fingerprint = excluded.key_fingerprint
            """, site, credential.Payload, credential.KeyFingerprint);
    }

    public static Dictionary<string, string> Credentials(
        string customerId = "1234567890", string refreshToken = "CANARY-refresh") => new()
        {
            ["customer_id"] = customerId,
            ["developer_token"] = "CANARY-developer",
            ["client_id"] = "CANARY-client-id",
            ["client_secret"] = "CANARY-client-secret",
            ["refresh_token"] = refreshToken,
            ["conversion_action_resource_name"] = $"customers/{customerId}/conversionActions/456",
        };

    public static Task SetCircuitAsync(
        this TestDatabase database, Guid site, string state, string nextProbe = "null", int failures = 0) =>
        database.ExecuteAsync(
            $"""
            insert into provider_health_state (site_id, provider_key, state, failure_count, opened_at, next_probe_at)
            values ($1, 'google_ads', $2::text::provider_circuit_state, $3, now(), {nextProbe})
            on conflict (site_id, provider_key) do update
            set state = excluded.state, failure_count = excluded.failure_count, next_probe_at = excluded.next_probe_at
            """, site, state, failures);
}
