using Microsoft.Extensions.Logging;
using OpsMantik.Core.Providers;
using OpsMantik.Core.Vault;

namespace OpsMantik.Core.Runs;

/// <summary>Opens a site's sealed credentials, or says what becomes of the work that needed them.</summary>
internal sealed class CredentialOpening(CredentialVault vault, ILogger<CredentialOpening> logger)
{
    /// <summary>How long rows wait for a vault key that the worker was not given.</summary>
    private static readonly TimeSpan UnknownKeyWait = TimeSpan.FromHours(1);

    /// <summary>Opens it anew for each group: some 45 µs, after which nothing of it need stay in memory.</summary>
    /// <param name="row">Where the credential stands.</param>
    /// <param name="sealedCredential">Null when the site has no active one.</param>
    /// <returns>Exactly one of the two; the caller disposes of the credential.</returns>
    public (OpenedCredential? Credential, UploadOutcome? Refusal) Open(CredentialRow row, SealedCredential? sealedCredential)
    {
        if (sealedCredential is null)
        {
            return (null, UploadOutcome.Failed("CREDENTIALS_MISSING", ErrorCategory.Auth,
                "The site has no active credentials; add them, then re-queue the row."));
        }

        var opening = vault.Open(row, sealedCredential);
        if (opening.Opened)
            return (opening.Credential, null);
        if (opening.Fault == VaultFault.UnknownKey)
            logger.VaultKeyUnknown(row.SiteId, sealedCredential.KeyFingerprint);
        else if (opening.Fault == VaultFault.NotOfThisRow)
            logger.CredentialOfAnother(row.SiteId, row.ProviderKey);
        return (null, Explain(opening.Fault.Value, sealedCredential));
    }

    /// <summary>What a credential that does not open means for whatever needed it.</summary>
    public static UploadOutcome Explain(VaultFault fault, SealedCredential sealedCredential)
    {
        if (fault == VaultFault.Unreadable)
        {
            return UploadOutcome.Failed("CREDENTIALS_UNREADABLE", ErrorCategory.Auth,
                "The site's sealed credentials are damaged; store them again, then re-queue the row.");
        }

        if (fault == VaultFault.NotOfThisRow)
        {
            return UploadOutcome.Failed("CREDENTIAL_NOT_OF_THIS_SITE", ErrorCategory.Auth,
                "The stored credentials were sealed for another site or provider and copied here; find out by whom, store the "
                + "site's own, then re-queue the row.");
        }

        // The worker's fault, not the site's: failing every row of every site for a mistyped setting would lose them.
        return UploadOutcome.Postponed("VAULT_KEY_UNKNOWN", ErrorCategory.Configuration,
            $"No vault key of the worker has the fingerprint {sealedCredential.KeyFingerprint}; "
            + $"add it to {VaultKeyRing.PreviousKeysSetting}.", UnknownKeyWait);
    }
}
