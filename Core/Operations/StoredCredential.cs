using OpsMantik.Core.Vault;

namespace OpsMantik.Core.Operations;

/// <summary>A site's credentials as the database holds them, sealed.</summary>
/// <param name="UpdatedAt">UTC; when they were stored. Rotating the key does not change it.</param>
public sealed record StoredCredential(
    Guid SiteId, string ProviderKey, SealedCredential Sealed, bool IsActive, DateTime UpdatedAt);
