using System.ComponentModel.DataAnnotations;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using OpsMantik.Core.Providers;
using OpsMantik.Core.Runs;

namespace OpsMantik.Core.Reconciliation;

/// <summary>Reconciles one site: asks its account, reads the ledger, stores what both say and the verdict.</summary>
internal sealed class SiteReconciliation(
    ReconciliationStore store,
    CredentialOpening opening,
    IOptions<ReconcileOptions> options,
    TimeProvider time,
    ILogger<SiteReconciliation> logger)
{
    private const int MostActions = 50;
    private const int MostBatches = 20;

    /// <summary>What is wrong at the site, or of the provider's making, is stored and returned; it is no exception.</summary>
    /// <exception cref="OperationCanceledException"><paramref name="abandon"/> was cancelled.</exception>
    /// <exception cref="System.Data.Common.DbException">It cannot be stored.</exception>
    public async Task<SiteResult> RunAsync(ICountingProvider provider, TakenSite site, CancellationToken abandon)
    {
        var (credential, refusal) = opening.Open(new(site.SiteId, provider.Key), site.Credential);
        using var opened = credential;
        if (credential is null)
            return await WriteFaultAsync(provider.Key, site.SiteId, refusal!, abandon);

        var (counts, fault) = await provider.ReadCountsAsync(credential, site.Account, abandon);
        return counts is null
            ? await WriteFaultAsync(provider.Key, site.SiteId, fault!, abandon)
            : await WriteAsync(provider.Key, site, counts, abandon);
    }

    private async Task<SiteResult> WriteAsync(string provider, TakenSite site, ProviderCounts counts, CancellationToken abandon)
    {
        var own = counts.Actions.Where(action => action.ActionId == counts.ActionId).ToList();
        var zone = AccountDays.Zone(counts.Account.TimeZone);
        var today = AccountDays.Of(time.GetUtcNow(), zone);
        var (oldest, from) = (today.AddDays(1 - ReconcileOptions.KeptDays), today.AddDays(1 - ReconcileOptions.WindowDays));
        // Tomorrow: where it counts in another zone than it says, or than we know.
        var told = own.SelectMany(action => action.Days).Select(day => day.Day).Where(day => day >= oldest && day <= today.AddDays(1)).ToList();
        var days = AccountDays.Between(told.Append(from).Min(), told.Append(today).Max(), zone);

        var ours = await store.ReadOwnAsync(provider, site.SiteId, days, options.Value.SettleAfter, abandon);
        await store.WriteDaysAsync(
            provider,
            site.SiteId,
            counts.ActionId,
            oldest,
            [.. days.Days.Zip(ours, (day, sent) => ReconciledDay.Of(day, sent, own))],
            abandon);
        // With what earlier answers told of days that this one does not name any more.
        var stored = await store.ReadDaysAsync(provider, site.SiteId, counts.ActionId, from, abandon);
        var moved = site.ActionId is not null && (site.ActionId, site.Account?.AccountId) != (counts.ActionId, counts.Account.AccountId);
        var since = moved ? today : site.ActionSince;
        var comparison = CountComparison.Of(stored, from, days.Days[^1], since);
        await store.WriteVerdictAsync(
            provider,
            site.SiteId,
            counts,
            since,
            comparison,
            [.. counts.Actions.OrderByDescending(action => action.ActionId == counts.ActionId).Take(MostActions).Select(ToldAction.Of)],
            await FindShortBatchesAsync(provider, site.SiteId, own, days.Starts[0], abandon),
            abandon);
        if (comparison.NeedsPerson)
        {
            logger.CountedFewer(
                site.SiteId, provider, comparison.Counted, comparison.Accepted, comparison.Missing, comparison.Reason!);
        }

        return new SiteResult(comparison.Verdict, comparison.NeedsPerson, Answered: true);
    }

    private async Task<IReadOnlyList<ReconciledBatch>> FindShortBatchesAsync(
        string provider, Guid site, IReadOnlyList<ActionCounts> own, DateTime since, CancellationToken abandon)
    {
        var jobs = own.SelectMany(action => action.Jobs)
            .Where(job => job.JobId is > 0 and <= int.MaxValue)
            .GroupBy(job => (int)job.JobId)
            .ToDictionary(
                group => group.Key,
                group => (Counted: group.Sum(job => job.Counted), Failed: group.Sum(job => job.Failed), Pending: group.Sum(job => job.Pending)));
        if (jobs.Count == 0)
            return [];
        var batches = await store.ReadBatchesAsync(provider, site, since, [.. jobs.Keys], abandon);
        return
        [
            .. batches
                .Select(batch => new ReconciledBatch(
                    batch.BatchId, batch.At, batch.JobId, batch.Accepted, jobs[batch.JobId].Counted, jobs[batch.JobId].Failed, jobs[batch.JobId].Pending))
                .Where(batch => batch.Missing > 0)
                .OrderByDescending(batch => batch.Missing)
                .Take(MostBatches),
        ];
    }

    private async Task<SiteResult> WriteFaultAsync(string provider, Guid site, UploadOutcome fault, CancellationToken abandon)
    {
        logger.CountsUnread(site, provider, fault.Code!, fault.Message ?? "");
        var refused = fault.Category is ErrorCategory.Auth;
        await store.WriteFaultAsync(
            provider,
            site,
            fault,
            refused ? NotComparableReason.NoPermission : NotComparableReason.NoAnswer,
            lasts: fault.Category is not (ErrorCategory.Transient or ErrorCategory.RateLimit),
            abandon);
        return new SiteResult(CountVerdict.NotComparable, NeedsPerson: false, Answered: false);
    }
}

/// <summary>How the reconciliation of a site ended.</summary>
/// <param name="Answered">False: the provider was not asked, refused, or could not be reached.</param>
internal sealed record SiteResult(CountVerdict Verdict, bool NeedsPerson, bool Answered);

/// <summary>Days of an account as ranges of time: the ledger has times, the account days of its own zone.</summary>
/// <param name="Days">One after the other.</param>
/// <param name="Starts">When each begins.</param>
/// <param name="Ends">When each ends: when the next begins.</param>
internal sealed record AccountDays(IReadOnlyList<DateOnly> Days, DateTime[] Starts, DateTime[] Ends)
{
    /// <summary>A zone that this machine does not know counts as UTC: sums over a window hardly differ.</summary>
    public static TimeZoneInfo Zone(string name) =>
        TimeZoneInfo.TryFindSystemTimeZoneById(name, out var zone) ? zone : TimeZoneInfo.Utc;

    public static DateOnly Of(DateTimeOffset now, TimeZoneInfo zone) => DateOnly.FromDateTime(TimeZoneInfo.ConvertTime(now, zone).DateTime);

    /// <summary>The days from one to another, both among them.</summary>
    public static AccountDays Between(DateOnly first, DateOnly last, TimeZoneInfo zone)
    {
        var days = Enumerable.Range(0, last.DayNumber - first.DayNumber + 1).Select(first.AddDays).ToList();
        return new AccountDays(days, [.. days.Select(day => Start(day, zone))], [.. days.Select(day => Start(day.AddDays(1), zone))]);
    }

    // Where clocks go forward at midnight, the day begins when they have.
    private static DateTime Start(DateOnly day, TimeZoneInfo zone)
    {
        var midnight = day.ToDateTime(TimeOnly.MinValue);
        while (zone.IsInvalidTime(midnight))
            midnight = midnight.AddMinutes(30);
        return TimeZoneInfo.ConvertTimeToUtc(midnight, zone);
    }
}

/// <summary>When counts are compared. Section <c>Reconcile</c> (<c>Reconcile__SettleAfter</c>).</summary>
public sealed class ReconcileOptions
{
    public const string Section = "Reconcile";

    /// <summary>Days of one comparison: those of Google's own "no recent upload".</summary>
    public const int WindowDays = 28;

    /// <summary>Days that stay stored.</summary>
    public const int KeptDays = 90;

    /// <summary>
    /// How long Google need not have counted an upload. It documents no time; what is younger is shown, and not compared.
    /// </summary>
    [Range(typeof(TimeSpan), "00:00:00", "7.00:00:00")]
    public TimeSpan SettleAfter { get; set; } = TimeSpan.FromHours(6);
}
