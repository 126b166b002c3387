using OpsMantik.Core.Queue;
using OpsMantik.Core.Reconciliation;

namespace OpsMantik.Core.Status;

/// <summary>How a site stands at one provider. Times are UTC.</summary>
public sealed record SiteState
{
    /// <summary>Rows that failed within a day, from which on their share of it counts: of one or two rows, one is half.</summary>
    internal const int ManyRejected = 5;

    private static readonly TimeSpan LongOpen = TimeSpan.FromHours(1);

    public required Guid SiteId { get; init; }

    /// <summary>What a person knows it by; null when that is its id alone.</summary>
    public string? SiteName { get; init; }

    public required string ProviderKey { get; init; }

    /// <summary>When the database was asked.</summary>
    public required DateTime TakenAt { get; init; }

    /// <summary>Rows QUEUED or RETRY, due or not.</summary>
    public long Waiting { get; init; }

    /// <summary>When the oldest of them was queued; null when nothing waits.</summary>
    public DateTime? OldestAt { get; init; }

    /// <summary>Those of the waiting rows that have been tried, or put off, before.</summary>
    public long Retry { get; init; }

    public long Processing { get; init; }

    public long Submitted { get; init; }

    public long Failed { get; init; }

    /// <summary>Rows that failed within the last 24 hours.</summary>
    public long FailedToday { get; init; }

    /// <summary>Of these, the ones that failed by something else than the credentials, which have needs of their own.</summary>
    public long RejectedToday { get; init; }

    /// <summary>Rows completed since this worker counts.</summary>
    public long Completed { get; init; }

    /// <summary>Rows completed within the last 24 hours; looked up only where many were rejected, else null.</summary>
    public long? CompletedToday { get; init; }

    /// <summary>Waiting rows that are parked until a person has fixed the set-up.</summary>
    public long Parked { get; init; }

    /// <summary>Failed rows whose credentials were refused.</summary>
    public long Refused { get; init; }

    /// <summary>Rows that the database refuses to write; they stay under way, and no claim takes them.</summary>
    public long SetAside { get; init; }

    /// <summary>When the active credentials were stored; null when there are none.</summary>
    public DateTime? CredentialsSince { get; init; }

    /// <summary>CLOSED, OPEN or HALF_OPEN.</summary>
    public string Circuit { get; init; } = "CLOSED";

    public DateTime? OpenedAt { get; init; }

    public DateTime? NextProbeAt { get; init; }

    /// <summary>Open until an operator closes it.</summary>
    public bool Isolated { get; init; }

    /// <summary>Failures in a row.</summary>
    public int Failures { get; init; }

    /// <summary>The last batch; looked up only for a site that has trouble, or is asked for itself.</summary>
    public LastBatch? LastBatch { get; init; }

    /// <summary>The most frequent code of the parked rows, by the latest of them.</summary>
    public string? ParkedCode { get; init; }

    /// <summary>The most frequent code of the refused rows, by the latest of them.</summary>
    public string? RefusedCode { get; init; }

    /// <summary>The most frequent code of the rows rejected today, by the latest of them.</summary>
    public string? RejectedCode { get; init; }

    /// <summary>What the provider counted, as the last reconciliation found it; null when there was none within seven days.</summary>
    public CountComparison? Counts { get; init; }

    /// <summary>Of sales that changed after they were sent.</summary>
    public CorrectionCounts Corrections { get; init; } = CorrectionCounts.None;

    /// <summary>The gravest thing that a person has to see to.</summary>
    public SiteNeed Need
    {
        get
        {
            // What came before these credentials says nothing about them.
            var last = LastBatch is { } batch && !(CredentialsSince >= batch.At) ? batch : null;
            if (Refused > 0 && last?.Category == "AUTH" && CredentialsSince is not null)
                return SiteNeed.Revoked;
            if (CredentialsSince is null && Waiting + Processing + Refused > 0)
                return SiteNeed.NoCredentials;
            if (SetAside > 0)
                return SiteNeed.SetAside;
            if (Parked > 0)
                return SiteNeed.Parked;
            if (FailedToday > 0 && last is { Completed: 0, Failed: > 0 })
                return SiteNeed.Failing;
            // What is requeued is no failure any more: the share is one of rows, not of tries.
            if (RejectedToday >= ManyRejected && CompletedToday is { } completed && RejectedToday * 10 >= RejectedToday + completed)
                return SiteNeed.ManyFailed;
            if (Counts?.NeedsPerson == true)
                return SiteNeed.CountedFewer;
            // What an open circuit holds back goes when it closes.
            if (Corrections.Failed > 0
                || Circuit == "CLOSED" && CredentialsSince is not null && TakenAt - Corrections.OldestAt > CorrectionCounts.LongWait)
            {
                return SiteNeed.NotCorrected;
            }

            // A circuit that holds nothing back does no harm; its site may even be gone.
            if (Isolated && Waiting + Processing > 0)
                return SiteNeed.Isolated;
            if (Circuit != "CLOSED" && TakenAt - OpenedAt > LongOpen && Waiting + Processing > 0)
                return SiteNeed.CircuitOpen;
            return Refused > 0 ? SiteNeed.Requeue : SiteNeed.Nothing;
        }
    }

    /// <summary>Rows that the need is about.</summary>
    public long RowsInNeed => Need switch
    {
        SiteNeed.Revoked or SiteNeed.Requeue => Refused,
        SiteNeed.NoCredentials => Waiting + Refused,
        SiteNeed.SetAside => SetAside,
        SiteNeed.Parked => Parked,
        SiteNeed.Failing => FailedToday,
        SiteNeed.ManyFailed => RejectedToday,
        SiteNeed.CountedFewer => Counts!.Missing,
        SiteNeed.NotCorrected => Corrections.Failed > 0 ? Corrections.Failed : Corrections.Waiting,
        _ => Waiting,
    };

    /// <summary>The error behind the need; null where no code says.</summary>
    public ErrorMeaning? Cause => Need switch
    {
        SiteNeed.NoCredentials => ErrorMeanings.Of("CREDENTIALS_MISSING", "AUTH"),
        SiteNeed.Requeue or SiteNeed.Isolated or SiteNeed.Nothing => null,
        // By the rows themselves: what the last batch met most may be something else, such as a passing trouble.
        SiteNeed.Revoked => ErrorMeanings.Of(RefusedCode, "AUTH"),
        SiteNeed.SetAside => ErrorMeanings.Of(RefusedRow.Code, "CONFIGURATION"),
        SiteNeed.Parked => ErrorMeanings.Of(ParkedCode, "CONFIGURATION"),
        SiteNeed.ManyFailed => RejectedCode is { } code ? ErrorMeanings.Of(code, null) : null,
        SiteNeed.CountedFewer => ErrorMeanings.Of(Counts!.Reason, null),
        SiteNeed.NotCorrected => Corrections.FailedCode is { } failed ? ErrorMeanings.Of(failed, null) : null,
        _ when LastBatch is { Code: { } met } last => ErrorMeanings.Of(met, last.Category),
        SiteNeed.CircuitOpen => ErrorMeanings.Of("CIRCUIT_OPEN", null),
        _ => null,
    };
}

/// <summary>Why a site needs a person, the gravest first.</summary>
public enum SiteNeed
{
    /// <summary>Google refused the credentials that are stored now.</summary>
    Revoked,

    /// <summary>There are rows and no active credentials.</summary>
    NoCredentials,

    /// <summary>The database refuses to write rows of the site.</summary>
    SetAside,

    /// <summary>Rows wait, unspent, for a fix of the account, the conversion action or the settings.</summary>
    Parked,

    /// <summary>Nothing of the last batch was taken, and some of it failed for good.</summary>
    Failing,

    /// <summary>A tenth or more of the rows of the last 24 hours failed, and at least five, by something else than the credentials.</summary>
    ManyFailed,

    /// <summary>Google shows clearly fewer conversions than it took.</summary>
    CountedFewer,

    /// <summary>Corrections of changed sales failed, or have waited for more than a day with nothing to hold them back.</summary>
    NotCorrected,

    /// <summary>The circuit has been open for more than an hour, and rows wait for it.</summary>
    CircuitOpen,

    /// <summary>An operator stopped the uploads, and rows wait.</summary>
    Isolated,

    /// <summary>Rows failed by credentials that have been replaced since; they are not requeued yet.</summary>
    Requeue,

    Nothing,
}

/// <summary>A site's last batch by the ledger; code and category are its most frequent ones, if anything went wrong.</summary>
/// <param name="At">UTC.</param>
public sealed record LastBatch(DateTime At, string? Code, string? Category, int Completed, int Failed);

/// <summary>Why a site needs a person, in a few words, who that is, and what to type.</summary>
public static class NeedText
{
    public static string Render(SiteNeed need) => need switch
    {
        SiteNeed.Revoked => "credentials refused",
        SiteNeed.NoCredentials => "no credentials",
        SiteNeed.SetAside => "rows the database refuses",
        SiteNeed.Parked => "set-up at fault",
        SiteNeed.Failing => "all of the last batch failed",
        SiteNeed.ManyFailed => "10 % or more of a day failed",
        SiteNeed.CountedFewer => "Google counted fewer",
        SiteNeed.NotCorrected => "changed sales not corrected",
        SiteNeed.CircuitOpen => "circuit open for over an hour",
        SiteNeed.Isolated => "isolated by hand",
        SiteNeed.Requeue => "failed rows to requeue",
        _ => "",
    };

    /// <summary>The one command that leads on.</summary>
    /// <param name="site">As the command line takes it.</param>
    public static string Command(SiteNeed need, string site) => "opsmantik " + need switch
    {
        SiteNeed.Revoked => $"credentials connect --site {site} --requeue",
        SiteNeed.NoCredentials => $"credentials connect --site {site}",
        SiteNeed.Parked or SiteNeed.CircuitOpen => $"credentials verify --site {site}",
        SiteNeed.CountedFewer => $"reconcile --site {site}",
        SiteNeed.NotCorrected => $"requeue --corrections --site {site}",
        SiteNeed.Isolated => $"circuit close --site {site}",
        SiteNeed.Requeue => $"requeue --site {site} --category AUTH",
        // Failing, ManyFailed: a day's rows fail for several reasons, and to send them again before these are gone fails them again.
        _ => $"status --site {site}",
    };

    /// <summary>A site in need always has somebody to act: what heals by itself and has not, the operator looks at.</summary>
    /// <param name="cause">Null where no code says.</param>
    public static Responsible WhoActs(ErrorMeaning? cause) =>
        cause is { Who: not Responsible.Nobody } ? cause.Who : Responsible.Operator;
}
