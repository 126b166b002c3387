namespace OpsMantik.Local.GoogleEmulator;

/// <summary>Which calls of a customer a behaviour is for.</summary>
public enum CallTarget
{
    /// <summary>Whichever way conversions come: <c>uploadClickConversions</c> or <c>events:ingest</c>.</summary>
    Upload,

    /// <summary><c>requestStatus:retrieve</c>, by the operating account of the request asked for.</summary>
    Status,

    /// <summary>The token endpoint, by refresh token or service account where others go by customer.</summary>
    Token,
}
