using System.Globalization;
using System.Security.Cryptography;
using OpsMantik.Core.Status;

namespace OpsMantik.Core.Alerts;

/// <summary>One message for operators, the same in three forms. Nothing in it is obeyed by what shows it.</summary>
/// <param name="Id">The same whenever it is sent again.</param>
/// <param name="Type">As <c>site.needs_person</c>.</param>
/// <param name="At">UTC; when it came to be so.</param>
/// <param name="Text">For people: one line.</param>
/// <param name="Data">For programs.</param>
public sealed record AlertMessage(string Id, string Type, DateTime At, string Text, IReadOnlyDictionary<string, object?> Data)
{
    private const string Command = "opsmantik status";
    private const int MostNamed = 5;

    /// <summary>Shows that messages arrive.</summary>
    public static AlertMessage Test(DateTimeOffset now) => new(
        $"test_{Guid.NewGuid():N}", "test", now.UtcDateTime, "OpsMantik: this is a test; nothing is wrong.", new Dictionary<string, object?>());

    /// <param name="alerts">One, or several of sites that all need a person, or were all mended.</param>
    /// <param name="nameOf">What a site is called; null where it has no name.</param>
    internal static AlertMessage Of(IReadOnlyList<Alert> alerts, Func<Guid, string?> nameOf) =>
        alerts is [var one] ? Of(one, nameOf(one.SiteId)) : OfMany(alerts, nameOf);

    private static AlertMessage Of(Alert alert, string? siteName)
    {
        var (isMended, isLate) = (alert.MendedAt is not null, alert.Kind.StartsWith(Alert.Late, StringComparison.Ordinal));
        var place = isLate ? $"job {alert.Kind[Alert.Late.Length..].ToLowerInvariant()}" : $"site {Render(alert.SiteId, siteName)}";
        var isNeed = IsNeed(alert.Kind, out var need);
        var what = isLate ? "has not run for two of its times" : Render(alert.Kind);
        var meaning = alert.Code is { } code && !isMended ? ErrorMeanings.Of(code, null) : null;
        var (who, command) = isNeed && !isMended ? (Name(NeedText.WhoActs(meaning)), NeedText.Command(need, $"{alert.SiteId}")) : (null, null);
        return new AlertMessage(
            $"{alert.Id:N}_{(isMended ? "mended" : "open")}",
            $"{(isLate ? "job" : "site")}.{(isMended ? "mended" : isLate ? "late" : "needs_person")}",
            alert.MendedAt ?? alert.Since,
            VisibleText.Escape(
                $"OpsMantik: {place}: {(isMended ? "mended: " : "")}{what}"
                + (alert.Rows > 0 && !isMended ? string.Create(CultureInfo.InvariantCulture, $", {alert.Rows:N0} rows") : "")
                + (meaning is null ? "" : $". {alert.Code}: {meaning.Meaning} {meaning.Action}")
                + (command is null ? "" : $"{(meaning is null ? "." : "")} Who: {who}. Next: {command}")),
            new Dictionary<string, object?>
            {
                ["site_id"] = isLate ? null : alert.SiteId,
                ["site_name"] = siteName is null ? null : VisibleText.Escape(siteName),
                ["provider_key"] = isLate ? null : VisibleText.Escape(alert.ProviderKey),
                ["kind"] = VisibleText.Escape(alert.Kind),
                ["rows"] = alert.Rows,
                ["code"] = alert.Code is null ? null : VisibleText.Escape(alert.Code),
                ["who"] = who,
                ["command"] = command,
                ["since"] = alert.Since,
                ["mended_at"] = alert.MendedAt,
            });
    }

    private static AlertMessage OfMany(IReadOnlyList<Alert> alerts, Func<Guid, string?> nameOf)
    {
        var isMended = alerts[0].MendedAt is not null;
        var sites = alerts.Select(alert => alert.SiteId).Distinct().Order().ToList();
        var kinds = alerts.CountBy(alert => alert.Kind).OrderByDescending(kind => kind.Value).ThenBy(kind => kind.Key, StringComparer.Ordinal).ToList();
        // The same ones sent again are the same message.
        var digest = SHA256.HashData([.. alerts.Select(alert => alert.Id).Order().SelectMany(id => id.ToByteArray())]);
        return new AlertMessage(
            $"{Convert.ToHexStringLower(digest.AsSpan(0, 16))}_{(isMended ? "mended" : "open")}",
            isMended ? "sites.mended" : "sites.need_person",
            alerts.Max(alert => alert.MendedAt ?? alert.Since),
            VisibleText.Escape(string.Create(
                CultureInfo.InvariantCulture,
                $"OpsMantik: {sites.Count:N0} sites {(isMended ? "are mended" : "need a person")}: ")
                + string.Join(", ", kinds.Select(kind => string.Create(CultureInfo.InvariantCulture, $"{kind.Value:N0} {Render(kind.Key)}")))
                + $". {string.Join(", ", sites.Take(MostNamed).Select(site => Render(site, nameOf(site))))}{(sites.Count > MostNamed ? " and others" : "")}. All: {Command}"),
            new Dictionary<string, object?>
            {
                ["sites"] = sites.Count,
                ["kinds"] = kinds.ToDictionary(kind => VisibleText.Escape(kind.Key), kind => kind.Value),
                ["first"] = sites.Take(MostNamed).Select(site => new { site_id = site, site_name = nameOf(site) is { } name ? VisibleText.Escape(name) : null }),
                ["command"] = Command,
            });
    }

    private static string Render(Guid siteId, string? siteName) => siteName is null ? $"{siteId}" : $"{siteName} ({siteId})";

    private static string Render(string kind) => IsNeed(kind, out var need) ? NeedText.Render(need) : kind;

    private static bool IsNeed(string kind, out SiteNeed need) =>
        Enum.TryParse(kind.Replace("_", "", StringComparison.Ordinal), ignoreCase: true, out need);

    private static string Name(Responsible who) => who == Responsible.SiteOwner ? "site owner" : "operator";
}
