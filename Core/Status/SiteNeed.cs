namespace OpsMantik.Core.Status;

/// <summary>Why a site needs a person, the gravest first.</summary>
public enum SiteNeed
{
    /// <summary>Google refused the credentials that are stored now.</summary>
    Revoked,

    /// <summary>There are rows and no active credentials.</summary>
    NoCredentials,

    /// <summary>Rows wait, unspent, for a fix of the account, the conversion action or the settings.</summary>
    Parked,

    /// <summary>Nothing of the last batch was taken, and some of it failed for good.</summary>
    Failing,

    /// <summary>The circuit has been open for more than an hour.</summary>
    CircuitOpen,

    /// <summary>An operator stopped the uploads.</summary>
    Isolated,

    /// <summary>Rows failed by credentials that have been replaced since, and nobody has requeued them.</summary>
    Requeue,

    Nothing,
}
