using System.Net.Mime;
using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;
using OpsMantik.Core.Operations;
using OpsMantik.Core.Status;

namespace OpsMantik.Web.Endpoints;

/// <summary>The bodies of answers, and how they are sent: JSON whose length is announced.</summary>
internal static class Answer
{
    public static IResult Ok<T>(T body, JsonTypeInfo<T> type) => Json(StatusCodes.Status200OK, body, type);

    public static IResult Json<T>(int status, T body, JsonTypeInfo<T> type) =>
        TypedResults.Text(JsonSerializer.SerializeToUtf8Bytes(body, type), MediaTypeNames.Application.Json, status);

    /// <param name="error">What is wrong, and what is allowed; never a value of a body.</param>
    public static IResult Error(int status, string error, string? correlationId = null) =>
        Json(status, new ErrorAnswer(false, error, correlationId), AnswerJson.Default.ErrorAnswer);

    public static IResult BadRequest(string error) => Error(StatusCodes.Status400BadRequest, error);

    public static IResult Unavailable(string error) => Error(StatusCodes.Status503ServiceUnavailable, error);

    public static IResult NotFound() => Error(StatusCodes.Status404NotFound, "there is nothing at this path");

    /// <summary>As the dashboard's cron routes answer; its callers know the code.</summary>
    public static IResult Forbidden() => Json(
        StatusCodes.Status403Forbidden, new ForbiddenAnswer("forbidden", "CRON_FORBIDDEN"), AnswerJson.Default.ForbiddenAnswer);
}

internal sealed record ErrorAnswer(bool Ok, string Error, string? CorrelationId);

internal sealed record ForbiddenAnswer(string Error, string Code);

/// <param name="Note">Why the run ended before its work did; null when it did not.</param>
internal sealed record UploadAnswer(
    bool Ok, int Processed, int Completed, int Failed, int Retry, int Submitted, int Corrected, string? Note);

internal sealed record RecoveryAnswer(bool Ok, int Recovered);

/// <summary>Requests asked about and still pending; rows by outcome.</summary>
/// <param name="Note">Why the run ended before its work did; null when it did not.</param>
internal sealed record ConfirmAnswer(
    bool Ok, int Checked, int Completed, int Failed, int Retry, int Pending, string? Note);

/// <summary>Sites by how their counts compare.</summary>
/// <param name="Note">Why the run ended before its work did; null when it did not.</param>
internal sealed record ReconcileAnswer(
    bool Ok, int Sites, int Agree, int Fewer, int NotComparable, int Unanswered, int NeedPerson, string? Note);

internal sealed record SeedAnswer(bool Ok, Guid SiteId, string ProviderKey);

/// <summary>What everybody is told: others need not know which faults the app may have.</summary>
internal sealed record BriefHealthAnswer(bool Ok);

/// <summary>The state of each part, "ok" where nothing is wrong; for who may see the status page.</summary>
internal sealed record HealthAnswer(bool Ok, string Database, string Schema, string VaultKey, string CronSecret, string GoogleApi, string Version);

/// <summary>The report with the first sites of each list; how many there are in all stands beside it.</summary>
/// <param name="SettingsWarnings">What the worker's settings allow although it is less safe than it could be.</param>
internal sealed record StatusAnswer(
    bool Ok,
    DateTime TakenAt,
    IReadOnlyList<ProviderTotals> Providers,
    int SitesInNeed,
    IReadOnlyList<SiteState> InNeed,
    int CircuitsNotClosed,
    IReadOnlyList<SiteState> Circuits,
    int SitesWaiting,
    IReadOnlyList<SiteState> Backlogs,
    IReadOnlyList<FailureCount> FailuresLastHour,
    IReadOnlyList<FailedRow> LatestFailures,
    IReadOnlyList<HourOutcome> Hours,
    IReadOnlyList<BacklogSample> Backlog,
    IReadOnlyList<JobTick> Ticks,
    IReadOnlyList<CountedSite> Counted,
    IReadOnlyList<FailureCause> FailuresByCause,
    IReadOnlyList<string> SettingsWarnings)
{
    /// <summary>Sites of each list.</summary>
    public const int Most = 25;

    public static StatusAnswer Of(StatusReport report, IReadOnlyList<string> settingsWarnings)
    {
        var (need, circuits, backlogs) = (report.InNeed, report.Circuits, report.Backlogs);
        return new StatusAnswer(
            true,
            report.TakenAt,
            report.Providers,
            need.Count,
            [.. need.Take(Most)],
            circuits.Count,
            [.. circuits.Take(Most)],
            backlogs.Count,
            [.. backlogs.Take(Most)],
            report.LastHour,
            report.Failures,
            report.Hours,
            report.Samples,
            report.Ticks,
            report.Counted,
            report.Causes,
            settingsWarnings);
    }
}

/// <summary>The sites that were looked for, a page of them.</summary>
/// <param name="Look">The text that their name, domain or id has; null for all sites.</param>
/// <param name="Page">From 1.</param>
/// <param name="Found">Sites of all pages.</param>
public sealed record SiteListAnswer(
    bool Ok, DateTime TakenAt, string? Look, string Sort, int Page, int Pages, int Found, IReadOnlyList<SiteState> Sites)
{
    /// <summary>Sites of a page.</summary>
    public const int Most = 50;

    /// <summary>The orders: by what is gravest, by name, and by what there is most of.</summary>
    public static readonly IReadOnlyList<string> Sorts = ["need", "name", "waiting", "oldest", "failed", "completed"];

    /// <param name="report">Of the sites that were found.</param>
    public static SiteListAnswer Of(StatusReport report, string? look, string sort, int page)
    {
        var found = report.Ordered;
        // Stable: sites that are alike stay in the order of their need.
        IEnumerable<SiteState> sorted = sort switch
        {
            "name" => found.OrderBy(site => site.SiteName is null).ThenBy(site => site.SiteName, StringComparer.OrdinalIgnoreCase),
            "waiting" => found.OrderByDescending(site => site.Waiting),
            "oldest" => found.OrderBy(site => site.OldestAt ?? DateTime.MaxValue),
            "failed" => found.OrderByDescending(site => site.Failed),
            "completed" => found.OrderByDescending(site => site.Completed),
            _ => found,
        };
        var pages = Math.Max(1, (found.Count + Most - 1) / Most);
        page = Math.Min(page, pages);
        return new SiteListAnswer(true, report.TakenAt, look, sort, page, pages, found.Count, [.. sorted.Skip((page - 1) * Most).Take(Most)]);
    }
}

[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(ErrorAnswer))]
[JsonSerializable(typeof(ForbiddenAnswer))]
[JsonSerializable(typeof(UploadAnswer))]
[JsonSerializable(typeof(RecoveryAnswer))]
[JsonSerializable(typeof(ConfirmAnswer))]
[JsonSerializable(typeof(ReconcileAnswer))]
[JsonSerializable(typeof(SeedAnswer))]
[JsonSerializable(typeof(BriefHealthAnswer))]
[JsonSerializable(typeof(HealthAnswer))]
internal sealed partial class AnswerJson : JsonSerializerContext;

/// <summary>Apart from the other answers, so that they do not load what only the status page needs.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    UseStringEnumConverter = true)]
[JsonSerializable(typeof(StatusAnswer))]
[JsonSerializable(typeof(SiteReport))]
[JsonSerializable(typeof(SiteListAnswer))]
[JsonSerializable(typeof(RowHistory))]
internal sealed partial class StatusJson : JsonSerializerContext;
