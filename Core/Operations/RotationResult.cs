namespace OpsMantik.Core.Operations;

/// <summary>What a rotation did; a later one finds only what is left.</summary>
/// <param name="Resealed">Sealed by the current key now.</param>
/// <param name="Current">Were so before.</param>
/// <param name="Changed">Somebody stored newer ones meanwhile, which stay.</param>
/// <param name="UnknownKey">Sealed by a key that is not among the given ones.</param>
/// <param name="Unreadable">Damaged: no key opens them.</param>
public sealed record RotationResult(
    long Resealed, long Current, long Changed, IReadOnlyList<Guid> UnknownKey, IReadOnlyList<Guid> Unreadable);
