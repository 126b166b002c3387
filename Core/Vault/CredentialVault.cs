using System.Collections.Concurrent;
using System.Diagnostics.CodeAnalysis;
using System.Security.Cryptography;
using System.Text.Json;
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

/// <summary>A credential as the database holds it.</summary>
/// <param name="Payload">Base64 of the ephemeral public key and the box.</param>
/// <param name="KeyFingerprint">Which key opens it: hex of the first 8 bytes of the recipient's public key.</param>
public sealed record SealedCredential(string Payload, string KeyFingerprint);

/// <summary>A site's credentials in the clear: UTF-8 JSON that must not leave the process. Prints itself redacted.</summary>
public sealed class OpenedCredential(ReadOnlyMemory<byte> json)
{
    /// <exception cref="JsonException">The sealed text was not JSON, or not all of it can be read.</exception>
    public JsonDocument Parse() => UnicodeJson.Parse(json);

    public override string ToString() => "[redacted]";
}

/// <summary>The result of opening a sealed credential: the credential, or the fault.</summary>
public readonly record struct VaultOpening(OpenedCredential? Credential, VaultFault? Fault)
{
    [MemberNotNullWhen(true, nameof(Credential))]
    [MemberNotNullWhen(false, nameof(Fault))]
    public bool Opened => Credential is not null;
}

/// <summary>Why a sealed credential could not be opened.</summary>
public enum VaultFault
{
    /// <summary>Sealed by a key this worker was not given: a fault of its configuration, not of the site.</summary>
    UnknownKey,

    /// <summary>The right key, but the text is damaged or not what it says it is.</summary>
    Unreadable,
}

/// <summary>The credentials that one run has opened, so that a site of many claims is opened once. It lives as long as the run.</summary>
internal sealed class CredentialCache(CredentialVault vault)
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
