namespace OpsMantik.Core.Vault;

/// <summary>A credential as the database holds it.</summary>
/// <param name="Payload">Base64 of the ephemeral public key and the box.</param>
/// <param name="KeyFingerprint">Which key opens it: hex of the first 8 bytes of the recipient's public key.</param>
public sealed record SealedCredential(string Payload, string KeyFingerprint);
