using System.Collections.Concurrent;

namespace OpsMantik.Core.Vault;

/// <summary>What one run has opened, so that a site of many claims is opened once. Gone with the run.</summary>
internal sealed class OpenedCredentials(CredentialVault vault)
{
    // The sites of one claim. With more, the run comes back to a site only after all others.
    private const int Most = 1_000;

    private readonly ConcurrentDictionary<SealedCredential, VaultOpening> _openings = [];

    public VaultOpening Open(SealedCredential credential)
    {
        if (_openings.TryGetValue(credential, out var opening))
            return opening;
        if (_openings.Count >= Most)
            _openings.Clear();
        return _openings.GetOrAdd(credential, vault.Open);
    }
}
