using System.Text.Json;
using OpsMantik.Core.Vault;

namespace OpsMantik.Testbed;

/// <summary>Arranges sites, credentials, sales and queue rows by the thousand, the way the application leaves them.</summary>
public static class BulkSeed
{
    /// <summary>The vault key of every testbed, in base64: what a worker process gets as OPSMANTIK_VAULT_KEY.</summary>
    public static string VaultKey { get; } = Convert.ToBase64String("CANARY-vault-key-of-32-bytes-123"u8);

    private static CredentialVault Vault { get; } = new(VaultKeyRing.Parse(VaultKey, null));

    /// <summary>Adds sites with sealed credentials, their customer ids counted from 1 in ten digits.</summary>
    public static async Task<Guid[]> AddSitesAsync(this TestbedDatabase database, int count, string? uploadApi = null)
    {
        var sites = Enumerable.Range(1, count).Select(_ => Guid.NewGuid()).ToArray();
        var credentials = sites
            .Select((site, index) => Vault.Seal(
                new CredentialRow(site, "google_ads"), JsonSerializer.SerializeToUtf8Bytes(Credentials(index + 1, uploadApi))))
            .ToList();
        await database.ExecuteAsync(
            """
            with added as (insert into sites (id) select unnest($1))
            insert into provider_credentials (site_id, provider_key, encrypted_payload, key_fingerprint)
            select c.id, 'google_ads', c.payload, c.fingerprint
            from unnest($1, $2, $3) as c (id, payload, fingerprint)
            """,
            sites,
            credentials.Select(credential => credential.Payload).ToArray(),
            credentials.Select(credential => credential.KeyFingerprint).ToArray());
        return sites;
    }

    /// <summary>
    /// Queues rows of one site, oldest first; click ids are <c>&lt;site&gt;-&lt;n&gt;</c>, unique over the database as
    /// long as a site is filled with one prefix once.
    /// </summary>
    public static Task<int> EnqueueAsync(
        this TestbedDatabase database, Guid site, int count, string clickPrefix = "") =>
        database.EnqueueAsync([site], [count], clickPrefix);

    /// <summary>Queues rows for each site, as many as <paramref name="counts"/> has at the site's index, in one statement.</summary>
    /// <returns>The number of rows queued.</returns>
    public static Task<int> EnqueueAsync(
        this TestbedDatabase database, Guid[] sites, int[] counts, string clickPrefix = "") =>
        database.ExecuteAsync(
            """
            with wanted as (
                select gen_random_uuid() as sale_id, w.site_id, g.n
                from unnest($1, $2) as w (site_id, rows)
                cross join lateral generate_series(1, w.rows) as g (n)
            ),
            sold as (
                insert into sales (id, site_id, occurred_at, amount_cents, status)
                select w.sale_id, w.site_id, now() - interval '2 days', 12345, 'CONFIRMED' from wanted w
            )
            insert into offline_conversion_queue
                (site_id, sale_id, gclid, conversion_time, value_cents, status, created_at)
            select w.site_id, w.sale_id, w.site_id || '-' || $3 || w.n, now() - interval '2 days', 12345, 'QUEUED',
                   now() - interval '1 day' + w.n * interval '1 millisecond'
            from wanted w
            -- As in production: the rows of the sites are mixed.
            order by w.n
            """, sites, counts, clickPrefix);

    private static Dictionary<string, string> Credentials(int number, string? uploadApi)
    {
        var customerId = $"{number:D10}";
        var credentials = new Dictionary<string, string>
        {
            ["customer_id"] = customerId,
            ["developer_token"] = "CANARY-developer",
            ["client_id"] = "CANARY-client-id",
            ["client_secret"] = "CANARY-client-secret",
            ["refresh_token"] = $"CANARY-refresh-{number}",
            ["conversion_action_resource_name"] = $"customers/{customerId}/conversionActions/456",
        };
        if (uploadApi is not null)
            credentials["upload_api"] = uploadApi;
        return credentials;
    }
}
