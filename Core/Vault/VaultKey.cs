using Sodium;

namespace OpsMantik.Core.Vault;

/// <summary>One X25519 key pair of the vault. Prints its fingerprint, never the key.</summary>
public sealed class VaultKey
{
    /// <summary>Length of the secret key, in bytes.</summary>
    public const int Length = 32;

    private VaultKey(byte[] secret)
    {
        Secret = secret;
        Public = ScalarMult.Base(secret);
        Fingerprint = Convert.ToHexStringLower(Public.AsSpan(0, 8));
    }

    /// <summary>Hex of the first 8 bytes of the public key.</summary>
    public string Fingerprint { get; }

    internal byte[] Secret { get; }

    internal byte[] Public { get; }

    /// <param name="base64">32 bytes in base64.</param>
    /// <param name="setting">The setting to name when the text is no key.</param>
    /// <exception cref="VaultKeyException">Missing, unresolved, not base64, or not 32 bytes.</exception>
    public static VaultKey Parse(string? base64, string setting)
    {
        if (string.IsNullOrWhiteSpace(base64))
            throw new VaultKeyException($"{setting} is missing: set it to 32 random bytes in base64.");
        if (KeyVaultReference.IsIn(base64))
            throw new VaultKeyException($"{setting} {KeyVaultReference.Advice}.");

        var secret = new byte[Length];
        var trimmed = base64.Trim();
        if (!Convert.TryFromBase64String(trimmed, new byte[trimmed.Length], out var length))
            throw new VaultKeyException($"{setting} is not base64: set it to 32 random bytes in base64.");
        if (length != Length || !Convert.TryFromBase64String(trimmed, secret, out _))
            throw new VaultKeyException($"{setting} holds {length} bytes instead of {Length}.");
        return new VaultKey(secret);
    }

    public override string ToString() => $"vault key {Fingerprint}";
}
