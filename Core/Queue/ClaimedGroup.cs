using OpsMantik.Core.Vault;

namespace OpsMantik.Core.Queue;

/// <summary>The rows of one (site, provider) under one claim. What is sent to a provider never mixes groups.</summary>
/// <param name="ClaimToken">The fence: every later write names it.</param>
/// <param name="Credential">Null when the site has no active credentials.</param>
/// <param name="IsProbe">The circuit is HALF_OPEN and this claim holds its one probe.</param>
internal sealed record ClaimedGroup(
    Guid ClaimToken,
    Guid SiteId,
    string ProviderKey,
    SealedCredential? Credential,
    bool IsProbe,
    IReadOnlyList<ConversionJob> Jobs);
