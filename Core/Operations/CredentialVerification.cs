using OpsMantik.Core.Conversions;
using OpsMantik.Core.Providers;
using OpsMantik.Core.Runs;
using OpsMantik.Core.Vault;

namespace OpsMantik.Core.Operations;

/// <summary>
/// Checks a site before its first upload: its stored credentials, by a conversion that the provider validates and does not
/// count, and how its account is set up.
/// </summary>
public sealed class CredentialVerification
{
    // Older than any "too recent", younger than any "expired".
    private static readonly TimeSpan SampleAge = TimeSpan.FromDays(2);

    private readonly CredentialInventory _inventory;
    private readonly CredentialVault _vault;
    private readonly UploadPreviewReader _rows;
    private readonly IReadOnlyList<IInspectableProvider> _providers;
    private readonly TimeProvider _time;

    internal CredentialVerification(
        CredentialInventory inventory,
        CredentialVault vault,
        UploadPreviewReader rows,
        IEnumerable<IConversionProvider> providers,
        TimeProvider time)
    {
        (_inventory, _vault, _rows, _time) = (inventory, vault, rows, time);
        _providers = [.. providers.OfType<IInspectableProvider>()];
    }

    /// <returns>Null when the site has no credentials for the provider, or no provider has this key.</returns>
    public async Task<SiteVerification?> VerifyAsync(Guid siteId, string providerKey, CancellationToken cancellationToken)
    {
        var stored = await _inventory.FindAsync(siteId, providerKey, cancellationToken);
        if (stored is null || _providers.All(provider => provider.Key != providerKey))
            return null;
        if (!stored.IsActive)
        {
            return Refused(
                "CREDENTIALS_MISSING", ErrorCategory.Auth, "The credentials are switched off (is_active): store them again.");
        }

        using var opening = _vault.Open(stored.Row, stored.Sealed);
        if (!opening.Opened)
        {
            var refusal = CredentialOpening.Explain(opening.Fault.Value, stored.Sealed);
            return Refused(refusal.Code!, refusal.Category!.Value, refusal.Message!);
        }

        return await VerifyAsync(siteId, providerKey, opening.Credential, cancellationToken);
    }

    /// <summary>The same for credentials that are not stored, or not yet.</summary>
    internal async Task<SiteVerification> VerifyAsync(
        Guid siteId, string providerKey, OpenedCredential credential, CancellationToken cancellationToken)
    {
        var provider = _providers.First(provider => provider.Key == providerKey);
        var access = await provider.VerifyAsync(credential, Sample(), cancellationToken);
        // Without a token nothing can be asked.
        return access.Step < AccessStep.Call
            ? new SiteVerification(access, [])
            : new SiteVerification(access, await provider.CheckAccountAsync(
                credential, await _rows.ReadWaitingAsync(siteId, providerKey, cancellationToken), cancellationToken));
    }

    private static SiteVerification Refused(string code, ErrorCategory category, string message) =>
        new(new AccessCheck(AccessResult.Refused, AccessStep.Credentials, code, category, message, null), []);

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

/// <summary>Whether a site can upload.</summary>
/// <param name="Access">Whether the provider lets it in.</param>
/// <param name="Account">How the account is set up; empty when it could not be asked.</param>
public sealed record SiteVerification(AccessCheck Access, IReadOnlyList<AccountFinding> Account)
{
    /// <summary>The provider takes conversions, and nothing in the account would refuse or lose them.</summary>
    public bool Works => Access.Result == AccessResult.Works && Account.All(finding => finding.Severity != FindingSeverity.Stop);
}
