using Npgsql;

namespace OpsMantik.Core.Vault;

/// <summary>The store of <c>provider_credentials</c>.</summary>
internal sealed class CredentialStore(NpgsqlDataSource database)
{
    // Nothing is inserted for a site that is not there. Locks the one row of the site and provider.
    private const string SaveSql =
        """
        with saved as (
            insert into provider_credentials as c (site_id, provider_key, encrypted_payload, key_fingerprint)
            select s.id, $2, $3, $4
            from sites s
            where s.id = $1
            on conflict (site_id, provider_key) do update
            set encrypted_payload = excluded.encrypted_payload,
                key_fingerprint = excluded.key_fingerprint,
                is_active = true,
                updated_at = now()
            returning c.site_id
        ),
        audited as (
            insert into operator_audit (actor, action, site_id, provider_key, row_count, details)
            select $5, 'credentials set', s.site_id, $2, 1, jsonb_build_object('key_fingerprint', $4)
            from saved s
        )
        select count(*) from saved
        """;

    /// <summary>Stores a site's credentials over those it had; false when there is no such site.</summary>
    /// <param name="actor">Who stores them, for the audit.</param>
    public async Task<bool> SaveAsync(
        Guid siteId, string providerKey, SealedCredential credential, string actor, CancellationToken cancellationToken)
    {
        await using var command = database.CreateCommand(SaveSql);
        command.Parameters.Add(new NpgsqlParameter<Guid> { TypedValue = siteId });
        command.Parameters.Add(new NpgsqlParameter<string> { TypedValue = providerKey });
        command.Parameters.Add(new NpgsqlParameter<string> { TypedValue = credential.Payload });
        command.Parameters.Add(new NpgsqlParameter<string> { TypedValue = credential.KeyFingerprint });
        command.Parameters.Add(new NpgsqlParameter<string> { TypedValue = actor });
        return (long)(await command.ExecuteScalarAsync(cancellationToken))! == 1;
    }
}
