using Microsoft.Extensions.Logging;
using OpsMantik.Core.Providers;
using OpsMantik.Core.Vault;

namespace OpsMantik.Core.Runs;

/// <summary>Opens a site's sealed credentials, or says what becomes of the rows that needed them.</summary>
internal sealed class CredentialOpening(CredentialVault vault, ILogger<CredentialOpening> logger)
{
    /// <summary>How long rows wait for a vault key that the worker was not given.</summary>
    private static readonly TimeSpan UnknownKeyWait = TimeSpan.FromHours(1);

    /// <summary>For the credentials of one run.</summary>
    public CredentialCache NewCache() => new(vault);

    /// <param name="sealedCredential">Null when the site has no active one.</param>
    /// <param name="cache">Of this run.</param>
    public (OpenedCredential? Credential, UploadOutcome? Refusal) Open(
        Guid siteId, SealedCredential? sealedCredential, CredentialCache cache)
    {
        if (sealedCredential is null)
        {
            return (null, UploadOutcome.Failed("CREDENTIALS_MISSING", ErrorCategory.Auth,
                "The site has no active credentials; add them, then re-queue the row."));
        }

        var opening = cache.Open(sealedCredential);
        if (opening.Opened)
            return (opening.Credential, null);
        if (opening.Fault == VaultFault.Unreadable)
        {
            return (null, UploadOutcome.Failed("CREDENTIALS_UNREADABLE", ErrorCategory.Auth,
                "The site's sealed credentials are damaged; seal them anew, then re-queue the row."));
        }

        // The worker's fault, not the site's: failing every row of every site for a mistyped setting would lose them.
        logger.VaultKeyUnknown(siteId, sealedCredential.KeyFingerprint);
        return (null, UploadOutcome.Postponed("VAULT_KEY_UNKNOWN", ErrorCategory.Configuration,
            $"No vault key of the worker has the fingerprint {sealedCredential.KeyFingerprint}; "
            + $"add it to {VaultKeyRing.PreviousKeysSetting}.", UnknownKeyWait));
    }
}
