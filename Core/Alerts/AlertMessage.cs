using System.Globalization;
using System.Text.Encodings.Web;
using System.Text.Json;
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
    // The message is no part of a page; what is hidden is escaped before.
    private static readonly JsonSerializerOptions Json = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>Shows that messages arrive.</summary>
    public static AlertMessage Test(DateTimeOffset now) => new(
        $"test_{Guid.NewGuid():N}", "test", now.UtcDateTime, "OpsMantik: this is a test; nothing is wrong.", new Dictionary<string, object?>());

    /// <param name="siteName">What the site is called; null where it has no name.</param>
    internal static AlertMessage Of(Alert alert, string? siteName)
    {
        var (isMended, isLate) = (alert.MendedAt is not null, alert.Kind.StartsWith(Alert.Late, StringComparison.Ordinal));
        var place = isLate ? $"job {alert.Kind[Alert.Late.Length..].ToLowerInvariant()}" : siteName is null ? $"site {alert.SiteId}" : $"site {siteName} ({alert.SiteId})";
        var isNeed = Enum.TryParse<SiteNeed>(alert.Kind.Replace("_", "", StringComparison.Ordinal), ignoreCase: true, out var need);
        var what = isLate ? "has not run for two of its times" : isNeed ? NeedText.Render(need) : alert.Kind;
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

    /// <summary>The body: UTF-8 JSON.</summary>
    /// <param name="format">One of <see cref="AlertOptions"/>.</param>
    internal byte[] Render(string format) => JsonSerializer.SerializeToUtf8Bytes(
        format switch
        {
            // Plain text has neither links nor mentions; the fallback is read by notifications, which know its escapes alone.
            AlertOptions.Slack => new Dictionary<string, object?>
            {
                ["text"] = EscapeSlack(Text),
                ["blocks"] = new[] { new { type = "section", text = new { type = "plain_text", text = Text, emoji = false } } },
            },
            // A text run is shown as it is; a text block would read markdown.
            AlertOptions.Teams => new Dictionary<string, object?>
            {
                ["type"] = "message",
                ["attachments"] = new[]
                {
                    new
                    {
                        contentType = "application/vnd.microsoft.card.adaptive",
                        content = new
                        {
                            type = "AdaptiveCard",
                            version = "1.4",
                            body = new[] { new { type = "RichTextBlock", inlines = new[] { new { type = "TextRun", text = Text } } } },
                        },
                    },
                },
            },
            _ => new Dictionary<string, object?>
            {
                ["type"] = Type,
                ["timestamp"] = At,
                ["data"] = new Dictionary<string, object?>(Data) { ["text"] = Text },
            },
        },
        Json);

    private static string Name(Responsible who) => who == Responsible.SiteOwner ? "site owner" : "operator";

    private static string EscapeSlack(string text) =>
        text.Replace("&", "&amp;", StringComparison.Ordinal).Replace("<", "&lt;", StringComparison.Ordinal).Replace(">", "&gt;", StringComparison.Ordinal);
}
