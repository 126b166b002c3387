namespace OpsMantik.Reliability.Simulation.Google;

/// <summary>What is true of a sale whatever happens to it on the way.</summary>
internal enum SaleNature
{
    Sound,

    /// <summary>The provider refuses it for good.</summary>
    Refused,

    /// <summary>Its payload cannot be read: it never leaves the worker.</summary>
    Unreadable,

    /// <summary>The provider wants it later.</summary>
    TooRecent,

    /// <summary>The provider stumbles over it every time, as over something that may pass.</summary>
    Hopeless,
}
