namespace OpsMantik.Core.Providers;

/// <summary>
/// What a provider's error means for the row. The order is that of gravity: of several errors on one row the first
/// class decides. A conversion that is already counted is counted whatever else was said; a lasting error of the row
/// outlives any fix or wait beside it; what spends no attempt comes before what does, and last what only says that the
/// row was not looked at.
/// </summary>
internal enum ErrorClass
{
    /// <summary>The provider has this very conversion: a success.</summary>
    AlreadyCounted,

    /// <summary>The order id is taken: a success if only we can have taken it.</summary>
    OrderIdTaken,

    /// <summary>The row itself is wrong for good.</summary>
    Permanent,

    /// <summary>The site's credentials are refused.</summary>
    Auth,

    /// <summary>Account, action or worker is set up wrongly: the row is parked until a person has fixed it.</summary>
    Configuration,

    /// <summary>Too early after the click or after the action was made: wait, unspent.</summary>
    WaitForEvent,

    /// <summary>Slow down.</summary>
    RateLimit,

    /// <summary>The provider is unwell.</summary>
    Transient,

    /// <summary>Not processed because another conversion of the request is the same.</summary>
    DuplicateInRequest,
}
