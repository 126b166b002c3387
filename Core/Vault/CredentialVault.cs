using System.Diagnostics.CodeAnalysis;
using System.Security.Cryptography;
using System.Text.Json;
using Sodium;

namespace OpsMantik.Core.Vault;

/// <summary>
/// Seals and opens credentials in the format the dashboard shares: an ephemeral X25519 public key followed by a NaCl
/// box. Not libsodium's sealed box: that derives its nonce by BLAKE2b, this format by SHA-512. What is sealed here says for
/// which row; what the dashboard seals says nothing of it, and opens in any row.
/// </summary>
public sealed class CredentialVault(VaultKeyRing keys)
{
    private const int PublicKeyLength = 32;
    private const int NonceLength = 24;

    /// <summary>Seals a JSON object for one row alone; other texts are sealed as they are.</summary>
    public SealedCredential Seal(CredentialRow row, ReadOnlySpan<byte> json)
    {
        if (row.Bind(json) is not { } bound)
            return Seal(json);
        var credential = Seal(bound);
        CryptographicOperations.ZeroMemory(bound);
        return credential;
    }

    /// <param name="row">Where the credential stands.</param>
    /// <param name="credential">What stands there.</param>
    public VaultOpening Open(CredentialRow row, SealedCredential credential)
    {
        if (OpenBytes(credential, out var fault) is not { } json)
            return new VaultOpening(null, fault);
        var binding = row.FindBinding(json);
        if (binding != CredentialBinding.OtherRow)
            return new VaultOpening(new OpenedCredential(json, binding == CredentialBinding.Bound), null);
        CryptographicOperations.ZeroMemory(json);
        return new VaultOpening(null, VaultFault.NotOfThisRow);
    }

    /// <summary>As the dashboard seals: for no row in particular.</summary>
    internal SealedCredential Seal(ReadOnlySpan<byte> json)
    {
        var recipient = keys.Current;
        // It wants an array, and keeps copies of its own meanwhile, which nobody can clear.
        var copy = json.ToArray();
        using var ephemeral = PublicKeyBox.GenerateKeyPair();
        var box = PublicKeyBox.Create(copy, Nonce(ephemeral.PublicKey, recipient.Public), ephemeral.PrivateKey, recipient.Public);
        CryptographicOperations.ZeroMemory(copy);
        return new SealedCredential(Convert.ToBase64String([.. ephemeral.PublicKey, .. box]), recipient.Fingerprint);
    }

    /// <summary>The same sealed by the current key and for its row; null when it is so already, or with a fault.</summary>
    /// <param name="wasUnbound">It said nothing of its row, and does now.</param>
    internal SealedCredential? Reseal(CredentialRow row, SealedCredential credential, out bool wasUnbound, out VaultFault? fault)
    {
        wasUnbound = false;
        if (OpenBytes(credential, out fault) is not { } json)
            return null;
        try
        {
            var binding = row.FindBinding(json);
            if (binding == CredentialBinding.OtherRow)
                fault = VaultFault.NotOfThisRow;
            wasUnbound = binding == CredentialBinding.Unbound && CredentialRow.CanBind(json);
            return fault is null && (wasUnbound || credential.KeyFingerprint != keys.Current.Fingerprint)
                ? wasUnbound ? Seal(row, json) : Seal(json)
                : null;
        }
        finally
        {
            CryptographicOperations.ZeroMemory(json);
        }
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

/// <summary>The row of <c>provider_credentials</c> that a credential stands in, and may be sealed for.</summary>
/// <remarks>
/// Two fields at the top of the sealed object say so. Providers, and the dashboard, read theirs by name and never see them.
/// </remarks>
public readonly record struct CredentialRow(Guid SiteId, string ProviderKey)
{
    public const string SiteField = "opsmantik_site_id";
    public const string ProviderField = "opsmantik_provider_key";

    /// <summary>Whether the text is an object, which alone can say where it belongs.</summary>
    internal static bool CanBind(ReadOnlySpan<byte> json) => json.TrimStart(" \t\r\n"u8) is [(byte)'{', ..];

    /// <summary>The object with our fields before its own, otherwise byte for byte the same; null when it is none.</summary>
    internal byte[]? Bind(ReadOnlySpan<byte> json)
    {
        if (!CanBind(json))
            return null;
        var rest = json[(json.IndexOf((byte)'{') + 1)..];
        // No secrets, so text may be made of them.
        var fields = JsonSerializer.SerializeToUtf8Bytes(
            new Dictionary<string, string> { [SiteField] = SiteId.ToString(), [ProviderField] = ProviderKey });
        var comma = rest.TrimStart(" \t\r\n"u8) is [(byte)'}', ..] ? 0 : 1;
        var bound = new byte[fields.Length - 1 + comma + rest.Length];
        fields.AsSpan(..^1).CopyTo(bound);
        if (comma > 0)
            bound[fields.Length - 1] = (byte)',';
        rest.CopyTo(bound.AsSpan(fields.Length - 1 + comma));
        return bound;
    }

    /// <summary>
    /// What the opened text says of its row. One that is no JSON says nothing; the provider refuses it. Reads without making
    /// strings of what it passes by.
    /// </summary>
    internal CredentialBinding FindBinding(ReadOnlySpan<byte> json)
    {
        var (sites, providers) = (0, 0);
        try
        {
            var reader = new Utf8JsonReader(json);
            if (!reader.Read() || reader.TokenType != JsonTokenType.StartObject)
                return CredentialBinding.Unbound;
            while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
            {
                var isSite = reader.ValueTextEquals(SiteField);
                var isProvider = reader.ValueTextEquals(ProviderField);
                reader.Read();
                if (isSite)
                {
                    sites++;
                    if (reader.TokenType != JsonTokenType.String || !reader.TryGetGuid(out var site) || site != SiteId)
                        return CredentialBinding.OtherRow;
                }
                else if (isProvider)
                {
                    providers++;
                    if (reader.TokenType != JsonTokenType.String || !reader.ValueTextEquals(ProviderKey))
                        return CredentialBinding.OtherRow;
                }

                reader.Skip();
            }
        }
        catch (JsonException)
        {
            return CredentialBinding.Unbound;
        }

        return (sites, providers) switch
        {
            (0, 0) => CredentialBinding.Unbound,
            // Half of it was not written by us.
            (0, _) or (_, 0) => CredentialBinding.OtherRow,
            _ => CredentialBinding.Bound,
        };
    }
}

/// <summary>What an opened credential says of the row that it stands in.</summary>
internal enum CredentialBinding
{
    Unbound,
    Bound,
    OtherRow,
}

/// <summary>A credential as the database holds it.</summary>
/// <param name="Payload">Base64 of the ephemeral public key and the box.</param>
/// <param name="KeyFingerprint">Which key opens it: hex of the first 8 bytes of the recipient's public key.</param>
public sealed record SealedCredential(string Payload, string KeyFingerprint);

/// <summary>
/// A site's credentials in the clear: UTF-8 JSON that must not leave the process. Disposing overwrites it with zeros; no
/// document parsed from it may be in use then. Prints itself redacted.
/// </summary>
/// <remarks>
/// What cannot be cleared: the strings that a provider reads out of it (Google's library takes no bytes) live until the
/// garbage collector takes them, at the longest as long as the call; and the vault's key came as a string of the settings.
/// </remarks>
public sealed class OpenedCredential(byte[] json, bool isBound = false) : IDisposable
{
    private byte[]? _json = json;

    /// <summary>It was sealed for its row; false for what the dashboard, or an older worker, sealed.</summary>
    public bool IsBound => isBound;

    /// <exception cref="JsonException">The sealed text was not JSON, or not all of it can be read.</exception>
    /// <exception cref="ObjectDisposedException">It was disposed of.</exception>
    public JsonDocument Parse()
    {
        ObjectDisposedException.ThrowIf(_json is null, this);
        return UnicodeJson.Parse(_json);
    }

    public void Dispose()
    {
        CryptographicOperations.ZeroMemory(_json);
        _json = null;
    }

    public override string ToString() => "[redacted]";
}

/// <summary>The result of opening a sealed credential: the credential, or the fault.</summary>
public readonly record struct VaultOpening(OpenedCredential? Credential, VaultFault? Fault) : IDisposable
{
    [MemberNotNullWhen(true, nameof(Credential))]
    [MemberNotNullWhen(false, nameof(Fault))]
    public bool Opened => Credential is not null;

    public void Dispose() => Credential?.Dispose();
}

/// <summary>Why a sealed credential could not be opened.</summary>
public enum VaultFault
{
    /// <summary>Sealed by a key this worker was not given: a fault of its configuration, not of the site.</summary>
    UnknownKey,

    /// <summary>The right key, but the text is damaged or not what it says it is.</summary>
    Unreadable,

    /// <summary>Sealed for another site or provider, and copied here.</summary>
    NotOfThisRow,
}
