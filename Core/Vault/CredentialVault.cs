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

    public VaultOpening Open(SealedCredential credential) =>
        OpenBytes(credential, out var fault) is { } json
            ? new VaultOpening(new OpenedCredential(json), null)
            : new VaultOpening(null, fault);

    /// <summary>The same bytes sealed by the current key; null with a fault when no key opens them.</summary>
    internal SealedCredential? Reseal(SealedCredential credential, out VaultFault? fault)
    {
        if (OpenBytes(credential, out fault) is not { } json)
            return null;
        var anew = Seal(json);
        CryptographicOperations.ZeroMemory(json);
        return anew;
    }

    private byte[]? OpenBytes(SealedCredential credential, out VaultFault? fault)
    {
        fault = null;
        if (keys.Find(credential.KeyFingerprint) is not { } recipient)
        {
            fault = VaultFault.UnknownKey;
            return null;
        }

        try
        {
            var bytes = Convert.FromBase64String(credential.Payload);
            if (bytes.Length > PublicKeyLength)
            {
                var sender = bytes[..PublicKeyLength];
                return PublicKeyBox.Open(
                    bytes[PublicKeyLength..], Nonce(sender, recipient.Public), recipient.Secret, sender);
            }
        }
        // The last from the library's own arithmetic: a box of nothing but zeros, as a placeholder is.
        catch (Exception exception) when (exception is FormatException or CryptographicException or OverflowException)
        {
        }

        fault = VaultFault.Unreadable;
        return null;
    }

    private static byte[] Nonce(byte[] sender, byte[] recipient) =>
        SHA512.HashData([.. sender, .. recipient])[..NonceLength];
}
