using Microsoft.Extensions.Logging;
using OpsMantik.Core.Queue;

namespace OpsMantik.Core;

/// <summary>Every log message of Core but the providers' own. Event ids 2000 to 2999. No message carries a secret.</summary>
internal static partial class CoreLog
{
    private static readonly Func<ILogger, string, string, Guid, IDisposable?> Batch =
        LoggerMessage.DefineScope<string, string, Guid>("site={Site} provider={Provider} batch={Batch}");

    /// <summary>What the lines of one batch have in common.</summary>
    /// <param name="site">As <see cref="Sites.SiteLabels"/> call it.</param>
    /// <param name="batch">As <c>provider_upload_attempts</c> has it.</param>
    public static IDisposable? BeginBatch(this ILogger logger, string site, string provider, Guid batch) => Batch(logger, site, provider, batch);

    [LoggerMessage(2000, LogLevel.Information,
        "Upload run: processed={Processed} completed={Completed} failed={Failed} retry={Retry} submitted={Submitted}")]
    public static partial void Uploaded(
        this ILogger logger, int processed, int completed, int failed, int retry, int submitted);

    [LoggerMessage(2001, LogLevel.Information, "Queue by provider: {Backlog}")]
    public static partial void Backlog(this ILogger logger, string backlog);

    [LoggerMessage(2002, LogLevel.Warning, "Queue by provider: unknown ({Reason})")]
    public static partial void BacklogUnknown(this ILogger logger, string reason);

    [LoggerMessage(2003, LogLevel.Information, "Recovery run: recovered={Recovered} min_age_minutes={MinAgeMinutes}")]
    public static partial void Recovered(this ILogger logger, int recovered, int minAgeMinutes);

    [LoggerMessage(2007, LogLevel.Information, "Hashed identifiers of {Rows} rows sent more than {Days} days ago were cleared")]
    public static partial void IdentifiersCleared(this ILogger logger, int rows, double days);

    [LoggerMessage(2008, LogLevel.Error,
        "The database refuses to clear hashed identifiers of sent rows ({State}); they stay until it does not")]
    public static partial void IdentifiersNotCleared(this ILogger logger, string state);

    [LoggerMessage(2004, LogLevel.Information, "Credentials stored: site={SiteId} provider={ProviderKey} key={Fingerprint}")]
    public static partial void Seeded(this ILogger logger, Guid siteId, string providerKey, string fingerprint);

    [LoggerMessage(2005, LogLevel.Information,
        "Confirm run: checked={Checked} completed={Completed} failed={Failed} retry={Retry} pending={Pending}")]
    public static partial void ConfirmRunCompleted(
        this ILogger logger, int @checked, int completed, int failed, int retry, int pending);

    [LoggerMessage(2010, LogLevel.Warning,
        "Claim lost: {Rows} rows of site={SiteId} provider={ProviderKey} were recovered before their outcome was written")]
    public static partial void ClaimLost(this ILogger logger, Guid siteId, string providerKey, int rows);

    [LoggerMessage(2011, LogLevel.Information, "Released {Rows} unsent rows of site={SiteId} provider={ProviderKey}")]
    public static partial void Released(this ILogger logger, Guid siteId, string providerKey, int rows);

    // The place, not the exception: its message may quote what it was handed.
    [LoggerMessage(2012, LogLevel.Error,
        "{Error} while uploading site={SiteId} provider={ProviderKey}; its rows are retried. {Place}")]
    public static partial void UploadThrew(
        this ILogger logger, string error, Guid siteId, string providerKey, string? place);

    [LoggerMessage(2013, LogLevel.Error,
        "No vault key has the fingerprint {Fingerprint} (site={SiteId}); add it to OPSMANTIK_VAULT_PREVIOUS_KEYS")]
    public static partial void VaultKeyUnknown(this ILogger logger, Guid siteId, string fingerprint);

    [LoggerMessage(2027, LogLevel.Error,
        "The credentials of site={SiteId} provider={ProviderKey} were sealed for another site or provider and copied here; nothing is sent by them")]
    public static partial void CredentialOfAnother(this ILogger logger, Guid siteId, string providerKey);

    [LoggerMessage(2014, LogLevel.Warning, "Write-back of site={SiteId} provider={ProviderKey} is repeated: {Reason}")]
    public static partial void WriteBackRepeated(this ILogger logger, Guid siteId, string providerKey, string reason);

    [LoggerMessage(2015, LogLevel.Error,
        "Outcomes of {Rows} rows of site={SiteId} provider={ProviderKey} could not be written ({Error}); recovery returns them")]
    public static partial void WriteBackFailed(this ILogger logger, Guid siteId, string providerKey, int rows, string error);

    [LoggerMessage(2017, LogLevel.Information,
        "Request {RequestId} of site={SiteId} provider={ProviderKey} is not settled: {Reason}")]
    public static partial void ConfirmationPending(
        this ILogger logger, string requestId, Guid siteId, string providerKey, string reason);

    [LoggerMessage(2018, LogLevel.Warning,
        "Request {RequestId} of site={SiteId} provider={ProviderKey} was never settled; {Rows} rows are sent again")]
    public static partial void ConfirmationGivenUp(
        this ILogger logger, string requestId, Guid siteId, string providerKey, int rows);

    [LoggerMessage(2019, LogLevel.Error,
        "{Error} while confirming request {RequestId} of site={SiteId} provider={ProviderKey}; it is asked again. {Place}")]
    public static partial void ConfirmationFailed(
        this ILogger logger, string error, string requestId, Guid siteId, string providerKey, string? place);

    [LoggerMessage(2016, LogLevel.Error,
        "{Rows} rows of site={SiteId} provider={ProviderKey} could not be released ({Error}); recovery returns them")]
    public static partial void ReleaseFailed(this ILogger logger, Guid siteId, string providerKey, int rows, string error);

    [LoggerMessage(2023, LogLevel.Error,
        "The database refuses to store the outcome of row {RowId} of site={SiteId} provider={ProviderKey} ({State}): {End}")]
    public static partial void WriteBackRefused(
        this ILogger logger, Guid rowId, Guid siteId, string providerKey, string state, RefusedEnd end);

    [LoggerMessage(2025, LogLevel.Error,
        "The database refuses to hand row {RowId} of site={SiteId} provider={ProviderKey} to a worker ({State}): {End}")]
    public static partial void ClaimRefused(
        this ILogger logger, Guid rowId, Guid siteId, string providerKey, string state, string end);

    [LoggerMessage(2026, LogLevel.Error,
        "The database refuses to hand rows of site={SiteId} provider={ProviderKey} to a worker ({State}); its circuit opens")]
    public static partial void SiteRefused(this ILogger logger, Guid siteId, string providerKey, string state);

    [LoggerMessage(2024, LogLevel.Error,
        "{Rows} rows were claimed 25 times without an outcome and failed as WORKER_ERROR; one of them may end the worker")]
    public static partial void FailedEndless(this ILogger logger, int rows);

    [LoggerMessage(2022, LogLevel.Warning,
        "{Rows} sales of one click and second of site={SiteId} provider={ProviderKey} could not be moved ({Error}); they wait")]
    public static partial void ShiftFailed(this ILogger logger, Guid siteId, string providerKey, int rows, string error);

    [LoggerMessage(2040, LogLevel.Warning,
        "The database could not be asked how many requests Google project {Project} may send ({Error}); its rows wait")]
    public static partial void LimitsUnknown(this ILogger logger, string project, string error);

    [LoggerMessage(2021, LogLevel.Warning, "The end of job {Job} could not be noted ({Error}); its work is done")]
    public static partial void TickNotStored(this ILogger logger, string job, string error);

    [LoggerMessage(2033, LogLevel.Warning, "The webhook did not take the alert {Kind}: {Fault}; it is tried again for a day")]
    public static partial void AlertNotTaken(this ILogger logger, string kind, string fault);

    [LoggerMessage(2034, LogLevel.Warning, "Alerts were not told ({Error}); the next run tells them")]
    public static partial void AlertsNotTold(this ILogger logger, string error);

    [LoggerMessage(2006, LogLevel.Information,
        "Reconcile run: sites={Sites} agree={Agree} fewer={Fewer} not_comparable={NotComparable} unanswered={Unanswered} need_person={NeedPerson}")]
    public static partial void ReconcileRunCompleted(
        this ILogger logger, int sites, int agree, int fewer, int notComparable, int unanswered, int needPerson);

    [LoggerMessage(2030, LogLevel.Warning,
        "Site={SiteId} provider={ProviderKey}: {Counted} of {Accepted} accepted conversions are counted, {Missing} are missing ({Reason})")]
    public static partial void CountedFewer(
        this ILogger logger, Guid siteId, string providerKey, long counted, long accepted, long missing, string reason);

    [LoggerMessage(2031, LogLevel.Information,
        "What site={SiteId} provider={ProviderKey} had counted could not be read ({Code}): {Message}")]
    public static partial void CountsUnread(this ILogger logger, Guid siteId, string providerKey, string code, string message);

    [LoggerMessage(2032, LogLevel.Error,
        "{Error} while reconciling site={SiteId} provider={ProviderKey}; it is asked again in the next run. {Place}")]
    public static partial void ReconciliationFailed(
        this ILogger logger, string error, Guid siteId, string providerKey, string? place);
}
