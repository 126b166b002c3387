namespace OpsMantik.Local.GoogleEmulator.DataManager;

/// <summary>Google's <c>ProductAccount</c>.</summary>
internal sealed record ProductAccount
{
    public string? AccountType { get; init; }

    public string? AccountId { get; init; }

    /// <summary>Deprecated by Google in favour of the type, and still known.</summary>
    public string? Product { get; init; }
}
