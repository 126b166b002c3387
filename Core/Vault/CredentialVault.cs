using System.Security.Cryptography;
using Sodium;

namespace OpsMantik.Core.Vault;

/// <summary>
/// Seals and opens credentials in the format the dashboard shares: an ephemeral X25519 public key followed by a NaCl
/// box. Not libsodium's sealed box: that derives its nonce by BLAKE2b, this format by SHA-512.
/// </summary>
public sealed class CredentialVault(VaultKeyRing keys)
{
    private const int PublicKeyLength = 32;
    private const int NonceLength = 24;

    public SealedCredential Seal(ReadOnlySpan<byte> json)
    {
        var recipient = keys.Current;
        using var ephemeral = PublicKeyBox.GenerateKeyPair();
        var box = PublicKeyBox.Create(
            json.ToArray(), Nonce(ephemeral.PublicKey, recipient.Public), ephemeral.PrivateKey, recipient.Public);
        return new SealedCredential(Convert.ToBase64String([.. ephemeral.PublicKey, .. box]), recipient.Fingerprint);
    }

    public VaultOpening Open(SealedCredential credential)
    {
        if (keys.Find(credential.KeyFingerprint) is not { } recipient)
            return new VaultOpening(null, VaultFault.UnknownKey);

        try
        {
            var bytes = Convert.FromBase64String(credential.Payload);
            if (bytes.Length <= PublicKeyLength)
                return new VaultOpening(null, VaultFault.Unreadable);
            var sender = bytes[..PublicKeyLength];
            var json = PublicKeyBox.Open(bytes[PublicKeyLength..], Nonce(sender, recipient.Public), recipient.Secret, sender);
            return new VaultOpening(new OpenedCredential(json), null);
        }
        catch (Exception exception) when (exception is FormatException or CryptographicException)
        {
            return new VaultOpening(null, VaultFault.Unreadable);
        }
    }

    private static byte[] Nonce(byte[] sender, byte[] recipient) =>
        SHA512.HashData([.. sender, .. recipient])[..NonceLength];
}
