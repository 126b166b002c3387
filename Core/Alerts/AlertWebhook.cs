using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using System.Security.Cryptography;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace OpsMantik.Core.Alerts;

/// <summary>Posts messages to the operators' webhook, once each and with a time limit. Whatever goes wrong is an answer.</summary>
public sealed class AlertWebhook
{
    /// <summary>The named client of all messages; it follows no redirect, and uses no proxy.</summary>
    public const string HttpClientName = "alerts";

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    // For so long a message is tried.
    private static readonly TimeSpan LongestWait = TimeSpan.FromDays(1);

    private readonly IHttpClientFactory _http;
    private readonly AlertOptions _options;
    private readonly TimeProvider _time;

    internal AlertWebhook(IHttpClientFactory http, IOptions<AlertOptions> options, TimeProvider time) =>
        (_http, _options, _time) = (http, options.Value, time);

    /// <summary>There is somebody to tell. A reference that Azure could not resolve tells nobody, and stops no upload.</summary>
    public bool IsSet => !string.IsNullOrEmpty(_options.WebhookUrl) && !_options.IsUnresolved;

    /// <returns>Null when the receiver took it; else why not.</returns>
    /// <exception cref="OperationCanceledException">The caller cancelled.</exception>
    public async Task<AlertRefusal?> SendAsync(AlertMessage message, CancellationToken cancellationToken)
    {
        using var limit = new CancellationTokenSource(Patience, _time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, cancellationToken);
        using var client = _http.CreateClient(HttpClientName);
        using var request = new HttpRequestMessage(HttpMethod.Post, _options.WebhookUrl) { Content = new ByteArrayContent(AlertBody.Render(message, _options.Format)) };
        request.Content.Headers.ContentType = new MediaTypeHeaderValue("application/json");
        if (_options.Format == AlertOptions.Standard)
            await SignAsync(request, message.Id, either.Token);
        try
        {
            // What it answers is its own affair.
            using var response = await client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, either.Token);
            return response.IsSuccessStatusCode ? null
                : response.StatusCode is >= HttpStatusCode.MultipleChoices and < HttpStatusCode.BadRequest
                    ? new AlertRefusal($"a redirect (HTTP {(int)response.StatusCode}), which is never followed")
                    : new AlertRefusal($"HTTP {(int)response.StatusCode}", ReadRetryAfter(response));
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return new AlertRefusal($"nothing within {Patience.TotalSeconds:0} s");
        }
        catch (HttpRequestException error)
        {
            return new AlertRefusal($"no connection ({error.HttpRequestError})");
        }
    }

    // Seconds, or a date, which is told by the receiver's own clock where it shows it.
    private TimeSpan? ReadRetryAfter(HttpResponseMessage response) =>
        response.StatusCode is not (HttpStatusCode.TooManyRequests or HttpStatusCode.ServiceUnavailable) ? null
        : (response.Headers.RetryAfter?.Delta ?? response.Headers.RetryAfter?.Date - (response.Headers.Date ?? _time.GetUtcNow())) is { Ticks: > 0 } wait
            ? TimeSpan.FromTicks(Math.Min(wait.Ticks, LongestWait.Ticks))
        : null;

    // https://github.com/standard-webhooks/standard-webhooks/blob/main/spec/standard-webhooks.md: id.timestamp.body, HMAC-SHA256.
    private async Task SignAsync(HttpRequestMessage request, string id, CancellationToken cancellationToken)
    {
        var timestamp = _time.GetUtcNow().ToUnixTimeSeconds().ToString(CultureInfo.InvariantCulture);
        byte[] signed = [.. Encoding.UTF8.GetBytes($"{id}.{timestamp}."), .. await request.Content!.ReadAsByteArrayAsync(cancellationToken)];
        var signature = HMACSHA256.HashData(_options.ReadSecret()!, signed);
        request.Headers.Add("webhook-id", id);
        request.Headers.Add("webhook-timestamp", timestamp);
        request.Headers.Add("webhook-signature", $"v1,{Convert.ToBase64String(signature)}");
    }
}

/// <summary>Why the receiver did not take a message.</summary>
/// <param name="Reason">Without the address.</param>
/// <param name="RetryAfter">How long it wants to be left alone, at most a day; null where it does not say.</param>
public sealed record AlertRefusal(string Reason, TimeSpan? RetryAfter = null);

/// <summary>A message in the form that its receiver reads.</summary>
internal static class AlertBody
{
    // The message is no part of a page; what is hidden is escaped before.
    private static readonly JsonSerializerOptions Json = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>The body: UTF-8 JSON.</summary>
    /// <param name="format">One of <see cref="AlertOptions"/>.</param>
    public static byte[] Render(AlertMessage message, string format) => JsonSerializer.SerializeToUtf8Bytes(
        format switch
        {
            // Plain text has neither links nor mentions; the fallback is read by notifications, which know its escapes alone.
            AlertOptions.Slack => new Dictionary<string, object?>
            {
                ["text"] = EscapeSlack(message.Text),
                ["blocks"] = new[] { new { type = "section", text = new { type = "plain_text", text = message.Text, emoji = false } } },
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
                            body = new[] { new { type = "RichTextBlock", inlines = new[] { new { type = "TextRun", text = message.Text } } } },
                        },
                    },
                },
            },
            _ => new Dictionary<string, object?>
            {
                ["type"] = message.Type,
                ["timestamp"] = message.At,
                ["data"] = new Dictionary<string, object?>(message.Data) { ["text"] = message.Text },
            },
        },
        Json);

    private static string EscapeSlack(string text) =>
        text.Replace("&", "&amp;", StringComparison.Ordinal).Replace("<", "&lt;", StringComparison.Ordinal).Replace(">", "&gt;", StringComparison.Ordinal);
}

/// <summary>Whom to tell. Section <c>Alerts</c> (<c>Alerts__WebhookUrl</c> …). Prints itself redacted: an address of Slack's is a secret too.</summary>
public sealed class AlertOptions
{
    public const string Section = "Alerts";
    public const string Standard = "standard";
    public const string Slack = "slack";
    public const string Teams = "teams";

    private const string SecretPrefix = "whsec_";

    /// <summary>Where messages are posted; none: nobody is told.</summary>
    public string? WebhookUrl { get; set; }

    /// <summary>What messages of the format <c>standard</c> are signed with.</summary>
    public string? WebhookSecret { get; set; }

    public string Format { get; set; } = Standard;

    public override string ToString() => "[redacted]";

    /// <summary>Azure could not put address or secret in its place: nobody is told, and <c>doctor</c> says so.</summary>
    internal bool IsUnresolved => KeyVaultReference.IsIn(WebhookUrl) || KeyVaultReference.IsIn(WebhookSecret);

    /// <summary>What is wrong, naming settings and never values; null when nothing is.</summary>
    internal string? FindFault(IConfiguration configuration) =>
        IsUnresolved ? null
        : Format is not (Standard or Slack or Teams) ? "Alerts__Format must be standard, slack or teams."
        : string.IsNullOrEmpty(WebhookUrl) ? null
        : !Admits(configuration) ? "Alerts__WebhookUrl must be an https address; in Development also http on this machine."
        : Format == Standard && ReadSecret() is not { Length: >= 24 and <= 64 }
            ? "Alerts__WebhookSecret must be whsec_ and 24 to 64 bytes in base64, which the format standard signs with; or set Alerts__Format to slack or teams."
        : null;

    internal byte[]? ReadSecret()
    {
        var text = WebhookSecret ?? "";
        var bytes = new byte[text.Length];
        return text.StartsWith(SecretPrefix, StringComparison.Ordinal) && Convert.TryFromBase64String(text[SecretPrefix.Length..], bytes, out var length)
            ? bytes[..length]
            : null;
    }

    private bool Admits(IConfiguration configuration) =>
        Uri.TryCreate(WebhookUrl, UriKind.Absolute, out var address)
        && (address.Scheme == Uri.UriSchemeHttps
            || (address.Scheme == Uri.UriSchemeHttp && address.IsLoopback && WorkerEnvironment.IsDevelopment(configuration)));
}

internal sealed class AlertOptionsValidator(IConfiguration configuration) : IValidateOptions<AlertOptions>
{
    public ValidateOptionsResult Validate(string? name, AlertOptions options) =>
        options.FindFault(configuration) is { } fault ? ValidateOptionsResult.Fail(fault) : ValidateOptionsResult.Success;
}

internal static class AlertClient
{
    /// <summary>The client of <see cref="AlertWebhook"/>. It logs nothing: the address is a secret.</summary>
    public static void AddAlertClient(this IServiceCollection services) =>
        services.AddHttpClient(AlertWebhook.HttpClientName)
            .ConfigureHttpClient(client => client.Timeout = Timeout.InfiniteTimeSpan)
            .ConfigurePrimaryHttpMessageHandler(() => new SocketsHttpHandler
            {
                AllowAutoRedirect = false,
                UseCookies = false,
                UseProxy = false,
                PooledConnectionLifetime = TimeSpan.FromMinutes(5),
                ActivityHeadersPropagator = null,
            })
            .RemoveAllLoggers();
}
