using Npgsql;

namespace OpsMantik.Core.Vault;

/// <summary>The store of <c>provider_credentials</c>.</summary>
internal sealed class CredentialStore(NpgsqlDataSource database)
{
    // Nothing is inserted for a site that is not there. Locks the one row of the site and provider.
    private const string SaveSql =
        """
        insert into provider_credentials as c (site_id, provider_key, encrypted_payload, key_fingerprint)
        select s.id, $2, $3, $4
        from sites s
        where s.id = $1
        on conflict (site_id, provider_key) do update
        set encrypted_payload = excluded.encrypted_payload,
            key_fingerprint = excluded.key_fingerprint,
            is_active = true,
            updated_at = now()
        """;

    /// <summary>Stores a site's credentials over those it had; false when there is no such site.</summary>
    public async Task<bool> SaveAsync(
        Guid siteId, string providerKey, SealedCredential credential, CancellationToken cancellationToken)
    {
        await using var command = database.CreateCommand(SaveSql);
        command.Parameters.Add(new NpgsqlParameter<Guid> { TypedValue = siteId });
        command.Parameters.Add(new NpgsqlParameter<string> { TypedValue = providerKey });
        command.Parameters.Add(new NpgsqlParameter<string> { TypedValue = credential.Payload });
        command.Parameters.Add(new NpgsqlParameter<string> { TypedValue = credential.KeyFingerprint });
        return await command.ExecuteNonQueryAsync(cancellationToken) == 1;
    }
}
