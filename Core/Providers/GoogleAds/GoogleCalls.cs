using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using OpsMantik.Core.Metrics;
using OpsMantik.Core.Providers.GoogleAds.OAuth;

namespace OpsMantik.Core.Providers.GoogleAds;

/// <summary>One authorized call to one of Google's REST interfaces, with a time limit and without silent retries.</summary>
internal sealed class GoogleCalls(
    TokenSource tokens, IHttpClientFactory http, Instruments instruments, TimeProvider time)
{
    /// <summary>
    /// Sends the request with a token of the grant. A cached token that Google refuses is replaced once: Google has taken
    /// nothing then, so one more try is safe.
    /// </summary>
    /// <param name="grant">What the site holds.</param>
    /// <param name="api">Interface and method, for the telemetry.</param>
    /// <param name="request">Makes the request, for each try anew; the token is added to it.</param>
    /// <param name="timeout">Longest wait for one answer.</param>
    /// <param name="cancellationToken">The caller's.</param>
    /// <exception cref="OperationCanceledException">The caller cancelled. A time limit of ours is a fault.</exception>
    public async Task<GoogleCall> SendAsync(
        ITokenGrant grant,
        string api,
        Func<HttpRequestMessage> request,
        TimeSpan timeout,
        CancellationToken cancellationToken)
    {
        var token = await tokens.GetAsync(grant, null, cancellationToken).ConfigureAwait(false);
        var call = await TryAsync(token, grant, api, request, timeout, cancellationToken).ConfigureAwait(false);
        if (call.Answer?.Status == 401 && token.FromCache)
        {
            token = await tokens.GetAsync(grant, token.Token!.Value, cancellationToken).ConfigureAwait(false);
            call = await TryAsync(token, grant, api, request, timeout, cancellationToken).ConfigureAwait(false);
            return call with { TokenReplaced = true };
        }

        return call;
    }

    private async Task<GoogleCall> TryAsync(
        TokenAnswer token,
        ITokenGrant grant,
        string api,
        Func<HttpRequestMessage> request,
        TimeSpan timeout,
        CancellationToken cancellationToken)
    {
        var scrubber = new SecretScrubber(grant.Secrets);
        if (token.Token is null)
        {
            // Without a token nothing was sent, nor by a first try that Google turned away at the door.
            return new GoogleCall(null, token.Fault! with { MayHaveBeenSent = false }, scrubber);
        }

        var (answer, fault) = await instruments.TimeCallAsync(
            GoogleAdsProvider.ProviderKey,
            api,
            () => ExchangeAsync(token.Token, request, timeout, cancellationToken),
            ended => ended.Answer?.Status.ToString(CultureInfo.InvariantCulture) ?? ended.Fault!.Code!.ToLowerInvariant())
            .ConfigureAwait(false);
        return new GoogleCall(answer, fault, scrubber.With(token.Token.Value));
    }

    private async Task<(GoogleAnswer? Answer, UploadOutcome? Fault)> ExchangeAsync(
        AccessToken token, Func<HttpRequestMessage> make, TimeSpan timeout, CancellationToken cancellationToken)
    {
        using var limit = new CancellationTokenSource(timeout, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, cancellationToken);
        using var client = http.CreateClient(GoogleAdsServices.HttpClientName);
        using var request = make();
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", token.Value);
        try
        {
            // The body is read within this call, so the time limit and the size limit cover it.
            using var response = await client.SendAsync(request, either.Token).ConfigureAwait(false);
            if (response.StatusCode is >= HttpStatusCode.MultipleChoices and < HttpStatusCode.BadRequest)
            {
                return (null, ErrorTable.Unknown(
                    "REDIRECTED",
                    $"The answer was a redirect (HTTP {(int)response.StatusCode}), which is never followed: something stands between "
                    + "the worker and Google. Check the addresses and Google__Proxy in the settings."));
            }

            var body = await response.Content.ReadAsByteArrayAsync(either.Token).ConfigureAwait(false);
            var status = (int)response.StatusCode;
            return (new GoogleAnswer(status, body, RequestId(response), RetryAfter(response)), null);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            var seconds = timeout.TotalSeconds.ToString(CultureInfo.InvariantCulture);
            return (null, ErrorTable.Unknown("TIMEOUT", $"Google did not answer within {seconds} s."));
        }
        catch (HttpRequestException error) when (error.HttpRequestError == HttpRequestError.ConfigurationLimitExceeded)
        {
            return (null, ErrorTable.Unknown("INVALID_RESPONSE", "Google's answer was larger than any it documents."));
        }
        catch (HttpRequestException error)
        {
            return (null, ErrorTable.Unknown("CONNECTION", $"No connection to Google ({error.HttpRequestError})."));
        }
    }

    private static string? RequestId(HttpResponseMessage response) =>
        response.Headers.TryGetValues("request-id", out var values) ? values.FirstOrDefault() : null;

    private TimeSpan? RetryAfter(HttpResponseMessage response) =>
        ProviderDelay.Bound(response.Headers.RetryAfter is { } after ? after.Delta ?? after.Date - time.GetUtcNow() : null);
}

/// <summary>How a call ended.</summary>
/// <param name="Answer">The answer, whatever its status; null when none came.</param>
/// <param name="Fault">The outcome of all rows when no answer came.</param>
/// <param name="Scrubber">Redacts every secret of the call.</param>
/// <param name="TokenReplaced">Google refused a cached token, and this is the answer to a fresh one.</param>
internal sealed record GoogleCall(
    GoogleAnswer? Answer, UploadOutcome? Fault, SecretScrubber Scrubber, bool TokenReplaced = false);

/// <summary>The HTTP answer, not yet parsed.</summary>
/// <param name="Status">HTTP status.</param>
/// <param name="Body">The whole body.</param>
/// <param name="RequestId">Header <c>request-id</c>, as sent: not yet known to be clean.</param>
/// <param name="RetryAfter">Header <c>Retry-After</c>, as a wait.</param>
internal sealed record GoogleAnswer(int Status, byte[] Body, string? RequestId, TimeSpan? RetryAfter);

/// <summary>Waits that a provider asks for.</summary>
internal static class ProviderDelay
{
    /// <summary>The longest wait we grant; a mistaken or hostile answer must not park rows for good.</summary>
    public static readonly TimeSpan Longest = TimeSpan.FromHours(24);

    /// <summary>Reads a google.protobuf.Duration in JSON: <c>30s</c>, <c>1.500s</c>. Null if it is none.</summary>
    public static TimeSpan? Parse(string? text) =>
        text is [.. var number, 's']
        && decimal.TryParse(number, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var seconds)
            ? Bound(seconds >= (decimal)Longest.TotalSeconds ? Longest : TimeSpan.FromSeconds((double)seconds))
            : null;

    public static TimeSpan? Bound(TimeSpan? wait) =>
        wait is not { } value || value <= TimeSpan.Zero ? null : value < Longest ? value : Longest;
}
