namespace OpsMantik.Core.Providers;

/// <summary>How far trying a site's access came.</summary>
public enum AccessStep
{
    /// <summary>Opening and reading what is stored.</summary>
    Credentials,

    /// <summary>Fetching an access token.</summary>
    Token,

    /// <summary>A call that the provider validates and does not count.</summary>
    Call,
}
