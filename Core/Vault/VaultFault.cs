namespace OpsMantik.Core.Vault;

/// <summary>Why a sealed credential stayed shut.</summary>
public enum VaultFault
{
    /// <summary>Sealed by a key this worker was not given: a fault of its configuration, not of the site.</summary>
    UnknownKey,

    /// <summary>The right key, but the text is damaged or not what it says it is.</summary>
    Unreadable,
}
