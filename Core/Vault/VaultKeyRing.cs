using System.Collections.Frozen;
using Microsoft.Extensions.Options;
using Sodium;

namespace OpsMantik.Core.Vault;

/// <summary>The current key, which seals and opens, and the previous ones, which only open.</summary>
public sealed class VaultKeyRing
{
    public const string KeySetting = "OPSMANTIK_VAULT_KEY";
    public const string PreviousKeysSetting = "OPSMANTIK_VAULT_PREVIOUS_KEYS";

    private readonly FrozenDictionary<string, VaultKey> _byFingerprint;

    private VaultKeyRing(VaultKey current, IEnumerable<VaultKey> previous)
    {
        Current = current;
        _byFingerprint = previous.Prepend(current)
            .DistinctBy(key => key.Fingerprint)
            .ToFrozenDictionary(key => key.Fingerprint);
    }

    /// <summary>Seals everything new.</summary>
    public VaultKey Current { get; }

    /// <param name="key">The current key, base64.</param>
    /// <param name="previousKeys">Older keys, base64, comma-separated; may be empty.</param>
    /// <exception cref="VaultKeyException">A key is missing or malformed; the message names the setting.</exception>
    public static VaultKeyRing Parse(string? key, string? previousKeys)
    {
        var previous = (previousKeys ?? "")
            .Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries)
            .Select((text, index) => VaultKey.Parse(text, $"{PreviousKeysSetting} (key {index + 1})"));
        return new VaultKeyRing(VaultKey.Parse(key, KeySetting), previous);
    }

    /// <summary>How many of the keys that only open are known to everybody.</summary>
    public int WeakPrevious => _byFingerprint.Values.Count(key => key != Current && key.IsWeak);

    /// <summary>Whether what this key sealed can be opened.</summary>
    public bool Knows(string fingerprint) => _byFingerprint.ContainsKey(fingerprint);

    internal VaultKey? Find(string fingerprint) => _byFingerprint.GetValueOrDefault(fingerprint);
}

/// <summary>One X25519 key pair of the vault. Prints its fingerprint, never the key.</summary>
public sealed class VaultKey
{
    /// <summary>Length of the secret key, in bytes.</summary>
    public const int Length = 32;

    // The key of the format's published test vector: 0, 1, 2 … 31.
    private const string PublishedFingerprint = "8f40c5adb68f2562";

    private VaultKey(byte[] secret)
    {
        Secret = secret;
        Public = ScalarMult.Base(secret);
        Fingerprint = Convert.ToHexStringLower(Public.AsSpan(0, 8));
    }

    /// <summary>Hex of the first 8 bytes of the public key.</summary>
    public string Fingerprint { get; }

    /// <summary>
    /// Everybody knows it: the published one, all zeros, or one byte repeated. Only the inner bytes are compared, for X25519 sets
    /// some bits of the first and the last by itself: a key that differs in these alone is the same key.
    /// </summary>
    public bool IsWeak => Fingerprint == PublishedFingerprint || !Secret.AsSpan(1, Length - 2).ContainsAnyExcept(Secret[1]);

    // For as long as the process: every run opens with it. It came as a string of the settings, which .NET cannot clear either.
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
            throw new VaultKeyException($"{setting} {KeyVaultReference.Remedy}.");

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

/// <summary>A vault key is missing or malformed. The message names the setting and never the value.</summary>
public sealed class VaultKeyException(string message) : Exception(message);

/// <summary>The vault's settings as text; <see cref="VaultKeyRing"/> is what they mean. Prints itself redacted.</summary>
internal sealed class VaultOptions
{
    public string? Key { get; set; }

    public string? PreviousKeys { get; set; }

    /// <summary>In development, where examples are tried.</summary>
    public bool AllowsWeakKey { get; set; }

    public override string ToString() => "[redacted]";
}

internal sealed class VaultOptionsValidator : IValidateOptions<VaultOptions>
{
    public ValidateOptionsResult Validate(string? name, VaultOptions options)
    {
        try
        {
            // A weak previous key still opens: it must be possible to rotate away from it.
            return VaultKeyRing.Parse(options.Key, options.PreviousKeys).Current.IsWeak && !options.AllowsWeakKey
                ? ValidateOptionsResult.Fail(
                    $"{VaultKeyRing.KeySetting} is a key that everybody knows (the published example, or one byte repeated): make one "
                    + $"with openssl rand -base64 32, move the old one to {VaultKeyRing.PreviousKeysSetting}, then run opsmantik "
                    + "credentials rotate-key.")
                : ValidateOptionsResult.Success;
        }
        catch (VaultKeyException exception)
        {
            return ValidateOptionsResult.Fail(exception.Message);
        }
    }
}
