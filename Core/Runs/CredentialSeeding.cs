using System.Data.Common;
using System.Security.Cryptography;
using System.Text.Json;
using Microsoft.Extensions.Logging;
using Npgsql;
using OpsMantik.Core.Database;
using OpsMantik.Core.Providers;
using OpsMantik.Core.Vault;

namespace OpsMantik.Core.Runs;

/// <summary>Validates a site's credentials, seals and stores them, replacing what was there.</summary>
public sealed class CredentialSeeding
{
    private const string NoSuchSite = "there is no site with this site_id";
    private const string NotAllowed = "the database login may not store credentials: grant opsmantik_operator to it";

    private readonly CredentialStore _store;
    private readonly CredentialVault _vault;
    private readonly IReadOnlyList<IConversionProvider> _providers;
    private readonly ILogger<CredentialSeeding> _logger;

    internal CredentialSeeding(
        CredentialStore store,
        CredentialVault vault,
        IEnumerable<IConversionProvider> providers,
        ILogger<CredentialSeeding> logger)
    {
        _store = store;
        _vault = vault;
        _providers = [.. providers];
        _logger = logger;
    }

    /// <summary>What would keep a site's credentials from being stored, whatever they are; null when nothing would.</summary>
    public async Task<string?> FindFaultAsync(Guid siteId, CancellationToken cancellationToken) =>
        await _store.CanSaveAsync(siteId, cancellationToken) switch
        {
            (false, _) => NoSuchSite,
            (_, false) => NotAllowed,
            _ => null,
        };

    /// <param name="actor">Who seeds, for the audit.</param>
    public async Task<SeedResult> SeedAsync(
        Guid siteId, string providerKey, JsonElement credentials, string actor, CancellationToken cancellationToken)
    {
        if (_providers.FirstOrDefault(provider => provider.Key == providerKey) is not { } provider)
        {
            var known = string.Join(", ", _providers.Select(known => known.Key));
            return new SeedResult(SeedOutcome.UnknownProvider, $"provider_key must be one of: {known}");
        }

        if ((FindReserved(credentials) ?? provider.FindFault(credentials)) is { } fault)
            return new SeedResult(SeedOutcome.InvalidCredentials, fault);

        var json = JsonSerializer.SerializeToUtf8Bytes(credentials);
        var sealedCredential = _vault.Seal(new CredentialRow(siteId, providerKey), json);
        CryptographicOperations.ZeroMemory(json);
        try
        {
            if (!await _store.SaveAsync(siteId, providerKey, sealedCredential, actor, cancellationToken))
                return new SeedResult(SeedOutcome.UnknownSite, NoSuchSite);
        }
        catch (DbException exception) when (DatabaseErrors.IsForbidden(exception))
        {
            return new SeedResult(SeedOutcome.NotAllowed, NotAllowed);
        }

        _logger.Seeded(siteId, providerKey, sealedCredential.KeyFingerprint);
        return new SeedResult(SeedOutcome.Seeded, null);
    }

    private static string? FindReserved(JsonElement credentials) => credentials.ValueKind != JsonValueKind.Object
        ? null
        : credentials.EnumerateObject()
            .Where(field => field.Name is CredentialRow.SiteField or CredentialRow.ProviderField)
            .Select(field => $"{field.Name} is written by the vault: leave it out.")
            .FirstOrDefault();
}

/// <summary>How seeding ended.</summary>
/// <param name="Fault">What is wrong, naming fields and never values; null when seeded.</param>
public sealed record SeedResult(SeedOutcome Outcome, string? Fault);

public enum SeedOutcome
{
    Seeded,
    UnknownSite,
    UnknownProvider,
    InvalidCredentials,

    /// <summary>The login has the worker's rights alone, as it should have where nobody seeds.</summary>
    NotAllowed,
}

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

    private const string CanSaveSql =
        """
        select exists (select from sites s where s.id = $1), has_table_privilege('provider_credentials', 'INSERT')
        """;

    /// <summary>Whether there is such a site, and whether the login may store credentials.</summary>
    public async Task<(bool IsSite, bool MayStore)> CanSaveAsync(Guid siteId, CancellationToken cancellationToken)
    {
        await using var command = database.CreateCommand(CanSaveSql);
        command.Parameters.Add(new NpgsqlParameter<Guid> { TypedValue = siteId });
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        await reader.ReadAsync(cancellationToken);
        return (reader.GetBoolean(0), reader.GetBoolean(1));
    }

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
