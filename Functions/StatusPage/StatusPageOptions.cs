namespace OpsMantik.Functions.StatusPage;

/// <summary>Who may see the status page beside those who know the cron secret.</summary>
public sealed class StatusPageOptions
{
    public const string Section = "StatusPage";

    /// <summary>
    /// Lets in whom Azure's sign-in (Easy Auth, with Entra) says it has signed in. Only where that sign-in is on does the
    /// platform keep callers from writing these headers themselves, so it is off unless asked for.
    /// </summary>
    public bool TrustEasyAuth { get; set; }
}
