namespace OpsMantik.Functions.Tests.Infra;

/// <summary>What a month of 30 days takes, by the formulas of docs/deployment.md: no prices, which change.</summary>
/// <param name="Rows">Conversions.</param>
/// <param name="Sites">All of them.</param>
/// <param name="SitesOfRun">Those with sales in a run: a request of each.</param>
internal sealed record Quantities(long Rows, int Sites, double SitesOfRun)
{
    /// <summary>Of the table by sites.</summary>
    public const int SalesOfSiteADay = 10;

    /// <summary>Traces and logs of a run, measured as JSON.</summary>
    public const int BytesOfRun = 8_000;

    /// <summary>And of each group in it: its three spans.</summary>
    public const int BytesOfGroup = 3_200;

    /// <summary>What one process tells of its metrics each minute.</summary>
    public const int BytesOfMinute = 14_000;

    /// <summary>A finished row of the queue with its indexes, and the versions that it went through.</summary>
    public const int BytesOfRow = 1_200;

    /// <summary>A batch in the ledger.</summary>
    public const int BytesOfBatch = 720;

    public const int EvaluationsOfAlert = 12 * 24 * Days;

    private const int Days = 30;
    private const int Uploads = 144 * Days;
    private const int OtherRuns = (48 + 48 + 1) * Days;
    private const int GigabytesOfInstance = 2;
    private const int ParallelGroups = 8;
    private const int RowsOfRequest = 2_000;

    // Of performance.md: a call of 200 ms, rows by the processor's speed there.
    private const double SecondsOfRequest = 0.2;
    private const double RowsPerSecond = 28_470;

    // Measured with nothing due and ten million rows of history: what a run takes, and each site adds (its circuit and its last batch are
    // looked at).
    private const double SecondsOfEmptyRun = 0.02;
    private const double SecondsOfIdleSite = 3e-6;

    // One question a day for each site that has sent something, within the time of a run; the next day goes on.
    private const double TimeBudget = 480;

    // Each execution is charged as a second at least.
    private const double LeastSeconds = 1;

    public static int Executions => Uploads + OtherRuns;

    /// <summary>All have sales in every run: the most requests that so many conversions can take.</summary>
    public static Quantities OfConversions(long rows, int sites) => new(rows, sites, sites);

    /// <summary>Each sale comes alone, evenly over the day.</summary>
    /// <param name="salesOfSite">Of each site a day.</param>
    public static Quantities OfSites(int sites, int salesOfSite) =>
        new((long)sites * salesOfSite * Days, sites, (double)sites * salesOfSite * Days / Uploads);

    public double RequestsOfUpload => Math.Max(SitesOfRun, (double)Rows / Uploads / RowsOfRequest);

    public double SecondsOfIdleUpload => SecondsOfEmptyRun + (Sites * SecondsOfIdleSite);

    public double SecondsOfUpload => SecondsOfIdleUpload + (RequestsOfUpload * SecondsOfRequest / ParallelGroups) + (Rows / (Uploads * RowsPerSecond));

    public double SecondsOfReconciliation => Rows == 0 ? 0 : Math.Min(TimeBudget, Sites * SecondsOfRequest / ParallelGroups);

    public double GigabyteSeconds => GigabytesOfInstance
        * ((Uploads * Math.Max(LeastSeconds, SecondsOfUpload))
            + (Days * Math.Max(LeastSeconds, SecondsOfReconciliation))
            + ((OtherRuns - Days) * LeastSeconds));

    public double Requests => Uploads * RequestsOfUpload;

    /// <param name="traced">The part of the runs whose traces are kept.</param>
    public double TelemetryGigabytes(double traced) =>
        (Executions * (double)BytesOfRun + traced * Requests * BytesOfGroup + Days * 1440.0 * BytesOfMinute) / 1e9;

    public double DatabaseGigabytes => (Rows * (double)BytesOfRow + Requests * BytesOfBatch) / 1e9;
}
