using System.Globalization;
using System.Text.RegularExpressions;
using OpsMantik.Core.Providers.GoogleAds;

namespace OpsMantik.Core.Providers.DataManager;

/// <summary>A refused request as read, every text scrubbed.</summary>
internal sealed record ApiRefusal
{
    public required int Status { get; init; }

    /// <summary>The ErrorInfo's reason, else a violation's, else the status's name, else <c>HTTP_400</c>.</summary>
    public required string Name { get; init; }

    public required string Message { get; init; }

    /// <summary>Google named its reason, so that it was Google who answered and not something in between.</summary>
    public required bool IsGoogles { get; init; }

    public required IReadOnlyList<Violation> Violations { get; init; }

    public string? RequestId { get; init; }

    public TimeSpan? RetryDelay { get; init; }

    /// <summary>A quota that is counted by the day is gone, and no pause of a minute brings it back.</summary>
    public bool IsOfDay { get; init; }

    public static ApiRefusal Read(GoogleAnswer answer, SecretScrubber scrubber)
    {
        var status = DataManagerJson.Parse(answer.Body, DataManagerJson.Default.RefusalBody)?.Error;
        var details = (status?.Details ?? []).OfType<RefusalDetail>().ToList();
        var violations = details.SelectMany(detail => detail.FieldViolations ?? []).OfType<FieldViolation>().ToList();
        // An INVALID_ARGUMENT of the whole says less than the reason of its first field.
        var names = details.Select(detail => detail.Reason)
            .Concat(violations.Select(violation => violation.Reason))
            .Append(status?.Status)
            .Select(scrubber.LongIdentifier)
            .OfType<string>()
            .ToList();
        var name = names.FirstOrDefault(one => one != "INVALID_ARGUMENT") ?? names.FirstOrDefault();
        return new ApiRefusal
        {
            Status = answer.Status,
            Name = name ?? $"HTTP_{answer.Status}",
            IsGoogles = name is not null,
            Message = scrubber.Clean(status?.Message),
            Violations = [.. violations.Select(violation => Read(violation, name, scrubber))],
            RequestId = details.Select(detail => scrubber.Identifier(detail.RequestId)).FirstOrDefault(id => id != null)
                ?? scrubber.Identifier(answer.RequestId),
            RetryDelay = details.Select(detail => ProviderDelay.Parse(detail.RetryDelay)).Max() ?? answer.RetryAfter,
            IsOfDay = details.Any(detail => IsDaily(detail.Metadata)),
        };
    }

    private static Violation Read(FieldViolation violation, string? name, SecretScrubber scrubber)
    {
        var path = scrubber.Clean(violation.Field);
        return new Violation(
            path,
            FieldPath.EventIndex(path),
            scrubber.LongIdentifier(violation.Reason) ?? name ?? "INVALID_ARGUMENT",
            scrubber.Clean($"{violation.Field}: {violation.Description}"));
    }

    /// <summary>ErrorInfo of a quota: <c>quota_limit</c> "…PerDayPerProject", <c>quota_unit</c> "1/d/{project}".</summary>
    private static bool IsDaily(Dictionary<string, string?>? metadata) =>
        metadata is not null
        && ((metadata.GetValueOrDefault("quota_limit") ?? "").Contains("day", StringComparison.OrdinalIgnoreCase)
            || (metadata.GetValueOrDefault("quota_unit") ?? "").Contains("/d/", StringComparison.Ordinal));
}

/// <summary>One field at fault, its texts already scrubbed.</summary>
/// <param name="Path">As Google wrote it; may be empty.</param>
/// <param name="Index">The event of the request it is about; null when the path names none.</param>
/// <param name="Name">The violation's own reason, or the refusal's.</param>
/// <param name="Message">Google's text; may be empty.</param>
internal sealed record Violation(string Path, int? Index, string Name, string Message);

/// <summary>Reads the paths of field violations.</summary>
internal static partial class FieldPath
{
    /// <summary>The event's index. Google writes <c>events.events[3].event_source</c>; <c>events[3]</c> and <c>events.3</c> are read too.</summary>
    public static int? EventIndex(string path) =>
        Event().Match(path) is { Success: true } match
        && int.TryParse(match.Groups[1].Value, NumberStyles.None, CultureInfo.InvariantCulture, out var index)
            ? index
            : null;

    /// <summary>A field of the destination or of its accounts: every row of the request shares it.</summary>
    public static bool IsOfDestination(string path) => Shared().IsMatch(path);

    [GeneratedRegex(@"\bevents[\[./]([0-9]{1,9})\b", RegexOptions.IgnoreCase)]
    private static partial Regex Event();

    [GeneratedRegex("destination|account", RegexOptions.IgnoreCase)]
    private static partial Regex Shared();
}
