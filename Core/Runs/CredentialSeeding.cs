using System.Data.Common;
using System.Text.Json;
using Microsoft.Extensions.Logging;
using OpsMantik.Core.Database;
using OpsMantik.Core.Providers;
using OpsMantik.Core.Vault;

namespace OpsMantik.Core.Runs;

/// <summary>Validates a site's credentials, seals and stores them, replacing what was there.</summary>
public sealed class CredentialSeeding
{
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

    /// <param name="actor">Who seeds, for the audit.</param>
    public async Task<SeedResult> SeedAsync(
        Guid siteId, string providerKey, JsonElement credentials, string actor, CancellationToken cancellationToken)
    {
        if (_providers.FirstOrDefault(provider => provider.Key == providerKey) is not { } provider)
        {
            var known = string.Join(", ", _providers.Select(known => known.Key));
            return new SeedResult(SeedOutcome.UnknownProvider, $"provider_key must be one of: {known}");
        }

        if (provider.FindFault(credentials) is { } fault)
            return new SeedResult(SeedOutcome.InvalidCredentials, fault);

        var sealedCredential = _vault.Seal(JsonSerializer.SerializeToUtf8Bytes(credentials));
        try
        {
            if (!await _store.SaveAsync(siteId, providerKey, sealedCredential, actor, cancellationToken))
                return new SeedResult(SeedOutcome.UnknownSite, "there is no site with this site_id");
        }
        catch (DbException exception) when (DatabaseErrors.IsForbidden(exception))
        {
            return new SeedResult(
                SeedOutcome.NotAllowed, "the database login may not store credentials: grant opsmantik_operator to it");
        }

        _logger.Seeded(siteId, providerKey, sealedCredential.KeyFingerprint);
        return new SeedResult(SeedOutcome.Seeded, null);
    }
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
