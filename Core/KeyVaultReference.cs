namespace OpsMantik.Core;

/// <summary>
/// What a setting holds when Azure could not put the secret in its place: the reference, as it was written. Taken for
/// the secret itself it would be a password or key that everybody can read.
/// </summary>
public static class KeyVaultReference
{
    /// <summary>What to do, for the end of a sentence that begins with the setting's name.</summary>
    public const string Remedy = "is an unresolved Key Vault reference: check the app's access to it";

    /// <summary>Anywhere in the text: Azure replaces whole values only, so a reference inside one stays there.</summary>
    public static bool IsIn(string? setting) =>
        setting?.Contains("@Microsoft.KeyVault(", StringComparison.OrdinalIgnoreCase) is true;
}
