using System.Net;
using Google.Apis.Auth.OAuth2.Responses;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using OpsMantik.Core.Metrics;

namespace OpsMantik.Core.Providers.GoogleAds.OAuth;

/// <summary>
/// Access tokens for what sites hold. Every fetch is one request with one time limit; the retry policy of the queue does
/// the rest.
/// </summary>
internal sealed class TokenSource
{
    /// <summary>Far more than one worker has sites.</summary>
    private const int Capacity = 4096;

    /// <summary>As Google's own library does: clocks differ, and an upload takes its time.</summary>
    private static readonly TimeSpan ExpiryMargin = TimeSpan.FromMinutes(5);

    private readonly TokenCache _cache;
    private readonly Instruments _instruments;
    private readonly TokenEndpoint _endpoint;
    private readonly GoogleAdsOptions _options;
    private readonly TimeProvider _time;
    private readonly ILogger<TokenSource> _log;

    public TokenSource(
        IHttpMessageHandlerFactory handlers,
        IOptions<GoogleAdsOptions> options,
        Instruments instruments,
        TimeProvider time,
        ILogger<TokenSource> log)
    {
        _cache = new TokenCache(Capacity, () => new TokenSlot(time));
        _instruments = instruments;
        _options = options.Value;
        _endpoint = new TokenEndpoint(
            _options.TokenUri, new FlowHttpClientFactory(handlers), new TimeProviderClock(time));
        _time = time;
        _log = log;
    }

    /// <summary>A token of the grant, from the cache while it is valid.</summary>
    /// <param name="grant">What the site holds.</param>
    /// <param name="refused">A token that Google has just refused: it is dropped and another one fetched.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <exception cref="OperationCanceledException">The caller cancelled. A time limit of ours is a fault.</exception>
    public Task<TokenAnswer> GetAsync(ITokenGrant grant, string? refused, CancellationToken cancellationToken) =>
        _cache.Get(grant).GetAsync(() => FetchTimedAsync(grant), refused, cancellationToken);

    private Task<TokenAnswer> FetchTimedAsync(ITokenGrant grant) => _instruments.TimeCallAsync(
        GoogleAdsProvider.ProviderKey,
        "oauth.token",
        () => FetchAsync(grant),
        answer => answer.Fault is not { } fault ? "ok" : fault.Category == ErrorCategory.Auth ? "refused" : "failed");

    private async Task<TokenAnswer> FetchAsync(ITokenGrant grant)
    {
        var fault = default(UploadOutcome);
        try
        {
            using var limit = new CancellationTokenSource(_options.RequestTimeout, _time);
            var response = await grant.RequestAsync(_endpoint, limit.Token).ConfigureAwait(false);
            if (!string.IsNullOrEmpty(response?.AccessToken))
            {
                return new TokenAnswer(new AccessToken(response.AccessToken, UsableUntil(response)), null);
            }

            fault = TokenFaults.Unreachable("Google's token endpoint answered without a token.");
        }
        catch (TokenResponseException refusal)
        {
            fault = TokenFaults.From(refusal, new SecretScrubber(grant.Secrets));
        }
        catch (HttpRequestException error) when (error.StatusCode is { } redirect and >= HttpStatusCode.MultipleChoices and < HttpStatusCode.BadRequest)
        {
            fault = TokenFaults.Unreachable(
                $"Google's token endpoint answered with a redirect (HTTP {(int)redirect}), which is never followed: check "
                + "GoogleAds__TokenUri and Google__Proxy in the settings.");
        }
        catch (OperationCanceledException)
        {
            fault = TokenFaults.Unreachable("Google's token endpoint did not answer in time.");
        }
        catch (Exception error)
        {
            // Whatever the network or the library's parser throws at an answer that is none: the type says enough, and
            // the message might quote the answer.
            fault = TokenFaults.Unreachable($"Google's token endpoint could not be asked ({error.GetType().Name}).");
        }

        GoogleAdsLog.TokenFetchFailed(_log, fault.Code!, fault.Message!);
        return new TokenAnswer(null, fault);
    }

    private static DateTimeOffset UsableUntil(TokenResponse response)
    {
        var lifetime = TimeSpan.FromSeconds(Math.Clamp(response.ExpiresInSeconds ?? 0, 0, 86_400));
        var margin = lifetime / 2 < ExpiryMargin ? lifetime / 2 : ExpiryMargin;
        return new DateTimeOffset(response.IssuedUtc, TimeSpan.Zero) + lifetime - margin;
    }
}

/// <summary>A token, or the outcome that all rows get because there is none.</summary>
/// <param name="Token">Null when there is a fault.</param>
/// <param name="Fault">Null when there is a token.</param>
/// <param name="FromCache">The token is an older one, that Google may have revoked since.</param>
internal sealed record TokenAnswer(AccessToken? Token, UploadOutcome? Fault, bool FromCache = false);

/// <summary>What a refusal or a silence of the token endpoint means for the rows.</summary>
internal static class TokenFaults
{
    public const string Unavailable = "TOKEN_UNAVAILABLE";

    public static UploadOutcome From(TokenResponseException refusal, SecretScrubber scrubber)
    {
        var status = refusal.StatusCode;
        if (status is HttpStatusCode.TooManyRequests)
        {
            return UploadOutcome.Retry(
                Unavailable, ErrorCategory.RateLimit, "Google's token endpoint asks us to slow down.");
        }

        // A proxy's error page is no verdict on the credentials: only an OAuth error code is (RFC 6749, 5.2).
        var error = scrubber.Identifier(refusal.Error?.Error);
        if (status is null or < HttpStatusCode.BadRequest or >= HttpStatusCode.InternalServerError || error is null
            || error is "temporarily_unavailable" or "server_error" or "internal_failure")
        {
            return Unreachable($"Google's token endpoint answered {(int?)status}.");
        }

        var said = scrubber.Clean(refusal.Error?.ErrorDescription).TrimEnd('.');
        return UploadOutcome.Failed(
            error.ToUpperInvariant(),
            ErrorCategory.Auth,
            $"Google refuses the site's credentials ({error}){(said.Length == 0 ? "" : $": {said}")}. "
            + "Renew the consent, replace the credentials and re-queue the rows.");
    }

    public static UploadOutcome Unreachable(string message) =>
        UploadOutcome.Retry(Unavailable, ErrorCategory.Transient, message);
}
