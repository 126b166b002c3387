namespace OpsMantik.Core.Vault;

/// <summary>A vault key is missing or malformed. The message names the setting and never the value.</summary>
public sealed class VaultKeyException(string message) : Exception(message);
