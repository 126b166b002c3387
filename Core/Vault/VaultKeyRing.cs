using System.Collections.Frozen;

namespace OpsMantik.Core.Vault;

/// <summary>The key that seals, and those that still open what older keys sealed.</summary>
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

    /// <summary>Whether what this key sealed can be opened.</summary>
    public bool Knows(string fingerprint) => _byFingerprint.ContainsKey(fingerprint);

    internal VaultKey? Find(string fingerprint) => _byFingerprint.GetValueOrDefault(fingerprint);
}
