namespace OpsMantik.Local.GoogleEmulator;

/// <summary>How a whole upload call is answered.</summary>
public enum BehaviourKind
{
    /// <summary>As Google does on a good day.</summary>
    Normal,

    /// <summary>As Normal, after a delay.</summary>
    Latency,

    /// <summary>As Normal, one byte of the body per interval.</summary>
    SlowDrip,

    /// <summary>Never an answer; nothing is counted.</summary>
    Hang,

    /// <summary>Counts the conversions, then never answers.</summary>
    HangAfterAccept,

    /// <summary>Breaks the connection before an answer; nothing is counted.</summary>
    Cut,

    /// <summary>Counts the conversions, then breaks the connection: the lost answer.</summary>
    CutAfterAccept,

    /// <summary>Status 200 with a page that is no JSON; nothing is counted.</summary>
    Garbage,

    /// <summary>Counts the conversions and answers 200, the JSON cut off within the partial failure if there is one.</summary>
    TruncatedJson,

    /// <summary>429 RESOURCE_TEMPORARILY_EXHAUSTED with a retry delay.</summary>
    QuotaTemporary,

    /// <summary>429 RESOURCE_EXHAUSTED: the day's operations are used up.</summary>
    QuotaDaily,

    /// <summary>500, 502 or 503, as JSON or as a front end's HTML page.</summary>
    ServerError,

    /// <summary>401 although the access token is good.</summary>
    Unauthorized,

    /// <summary>403 USER_PERMISSION_DENIED.</summary>
    Forbidden,

    /// <summary>400 with an error of choice.</summary>
    BadRequest,

    /// <summary>403 CUSTOMER_NOT_ALLOWLISTED_FOR_THIS_FEATURE: a project that came after the method was closed.</summary>
    NotAllowlisted,
}
