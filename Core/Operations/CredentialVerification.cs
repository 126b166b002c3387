using OpsMantik.Core.Conversions;
using OpsMantik.Core.Providers;
using OpsMantik.Core.Vault;

namespace OpsMantik.Core.Operations;

/// <summary>Checks a site's stored credentials with the provider, by a conversion that is validated and not counted.</summary>
public sealed class CredentialVerification
{
    // Older than any "too recent", younger than any "expired".
    private static readonly TimeSpan SampleAge = TimeSpan.FromDays(2);

    private readonly CredentialInventory _inventory;
    private readonly CredentialVault _vault;
    private readonly IReadOnlyList<IInspectableProvider> _providers;
    private readonly TimeProvider _time;

    internal CredentialVerification(
        CredentialInventory inventory, CredentialVault vault, IEnumerable<IConversionProvider> providers, TimeProvider time)
    {
        (_inventory, _vault, _time) = (inventory, vault, time);
        _providers = [.. providers.OfType<IInspectableProvider>()];
    }

    /// <returns>Null when the site has no credentials for the provider, or no provider has this key.</returns>
    public async Task<AccessCheck?> VerifyAsync(Guid siteId, string providerKey, CancellationToken cancellationToken)
    {
        var provider = _providers.FirstOrDefault(provider => provider.Key == providerKey);
        var stored = await _inventory.FindAsync(siteId, providerKey, cancellationToken);
        if (provider is null || stored is null)
            return null;
        if (!stored.IsActive)
        {
            return Refused(
                "CREDENTIALS_MISSING", ErrorCategory.Auth, "The credentials are switched off (is_active): store them again.");
        }

        var opening = _vault.Open(stored.Sealed);
        if (opening.Opened)
            return await provider.VerifyAsync(opening.Credential, Sample(), cancellationToken);
        return opening.Fault == VaultFault.UnknownKey
            ? Refused(
                "VAULT_KEY_UNKNOWN",
                ErrorCategory.Configuration,
                $"Sealed by the key {stored.Sealed.KeyFingerprint}, which is not given: add it to "
                + $"{VaultKeyRing.PreviousKeysSetting}.")
            : Refused("CREDENTIALS_UNREADABLE", ErrorCategory.Auth, "The sealed text is damaged: store them again.");
    }

    private static AccessCheck Refused(string code, ErrorCategory category, string message) =>
        new(AccessResult.Refused, AccessStep.Credentials, code, category, message, null);

    private Conversion Sample() => new()
    {
        Id = Guid.Empty,
        OrderId = "opsmantik-verify",
        OrderIdIsSaleId = false,
        MayHaveBeenSent = false,
        Click = new ClickId(ClickIdKind.Gclid, "opsmantik-verify"),
        Time = _time.GetUtcNow() - SampleAge,
        Value = new Money(100, Currencies.Default.Get("USD")),
    };
}
