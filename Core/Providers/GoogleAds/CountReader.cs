using System.Globalization;

namespace OpsMantik.Core.Providers.GoogleAds;

/// <summary>Asks Google Ads what it counted of a site's uploads: <c>offline_conversion_upload_conversion_action_summary</c>.</summary>
internal sealed class CountReader(GoogleAdsSearch search)
{
    private const string Summary = "offline_conversion_upload_conversion_action_summary";
    private const string DefaultZone = "Etc/UTC";

    // No condition on the client: under which one the Data Manager API's uploads stand is not documented.
    private const string SummaryQuery =
        $"SELECT {Summary}.client, {Summary}.conversion_action_id, {Summary}.conversion_action_name, {Summary}.status, "
        + $"{Summary}.total_event_count, {Summary}.successful_event_count, {Summary}.pending_event_count, "
        + $"{Summary}.last_upload_date_time, {Summary}.daily_summaries, {Summary}.job_summaries, {Summary}.alerts FROM {Summary}";

    private const string ZoneQuery = "SELECT customer.time_zone FROM customer";

    /// <param name="known">Saves a call: accounts do not change their zones.</param>
    /// <returns>What Google says; or the outcome of a call that failed.</returns>
    /// <exception cref="OperationCanceledException">The caller cancelled. A time limit of ours is a fault.</exception>
    public async Task<(ProviderCounts? Counts, UploadOutcome? Fault)> ReadAsync(
        AccountAccess access, AccountZone? known, CancellationToken cancellationToken)
    {
        var account = known?.AccountId == access.CustomerId ? known : null;
        if (account is null)
        {
            var (customers, zoneFault) = await search.SearchAsync(access, ZoneQuery, cancellationToken).ConfigureAwait(false);
            if (zoneFault is not null)
                return (null, zoneFault);
            var zone = customers!.Select(row => row?.Customer?.TimeZone).FirstOrDefault(text => !string.IsNullOrEmpty(text));
            account = new AccountZone(access.CustomerId, zone ?? DefaultZone);
        }

        var (rows, fault) = await search.SearchAsync(access, SummaryQuery, cancellationToken).ConfigureAwait(false);
        return fault is not null
            ? (null, fault)
            : (new ProviderCounts(
                account,
                access.ActionId,
                [.. rows!.Select(row => row?.OfflineConversionUploadConversionActionSummary).OfType<UploadSummaryAnswer>().Select(Read)]),
                null);
    }

    private static ActionCounts Read(UploadSummaryAnswer answer) => new(
        answer.ConversionActionId?.ToString(CultureInfo.InvariantCulture) ?? "",
        answer.ConversionActionName,
        answer.Client,
        answer.Status,
        Day(answer.LastUploadDateTime),
        answer.TotalEventCount,
        answer.SuccessfulEventCount,
        answer.PendingEventCount,
        [
            .. from count in (answer.DailySummaries ?? []).OfType<UploadCountAnswer>()
               let day = Day(count.UploadDate)
               where day.HasValue
               select new DayCounts(day.GetValueOrDefault(), count.SuccessfulCount, count.FailedCount, count.PendingCount),
        ],
        [
            .. from count in (answer.JobSummaries ?? []).OfType<UploadCountAnswer>()
               where count.JobId.HasValue
               select new JobCounts(count.JobId.GetValueOrDefault(), count.SuccessfulCount, count.FailedCount, count.PendingCount),
        ],
        [
            .. from alert in (answer.Alerts ?? []).OfType<UploadAlertAnswer>()
               orderby alert.ErrorPercentage descending
               select new CountAlert(
                   alert.Error?.Values.FirstOrDefault() ?? "UNKNOWN", Math.Clamp(alert.ErrorPercentage, 0, 1)),
        ]);

    // "yyyy-mm-dd", or the day of "yyyy-mm-dd hh:mm:ss".
    private static DateOnly? Day(string? text) =>
        text?.Length >= 10 && DateOnly.TryParseExact(text[..10], "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out var day)
            ? day
            : null;
}
