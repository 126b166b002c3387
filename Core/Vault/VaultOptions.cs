namespace OpsMantik.Core.Vault;

/// <summary>The vault's settings as text; <see cref="VaultKeyRing"/> is what they mean. Prints itself redacted.</summary>
internal sealed class VaultOptions
{
    public string? Key { get; set; }

    public string? PreviousKeys { get; set; }

    public override string ToString() => "[redacted]";
}
