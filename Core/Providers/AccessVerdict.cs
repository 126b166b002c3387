namespace OpsMantik.Core.Providers;

/// <summary>What trying a site's access has shown.</summary>
public enum AccessVerdict
{
    /// <summary>An upload would get as far as its rows.</summary>
    Works,

    /// <summary>The provider refuses, and will until somebody changes something.</summary>
    Refused,

    /// <summary>No answer that tells: the provider or the way to it is unwell. Try again.</summary>
    Undecided,
}
