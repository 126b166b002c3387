using Google.Apis.Auth.OAuth2;
using Google.Apis.Auth.OAuth2.Flows;
using Google.Apis.Auth.OAuth2.Responses;
using Google.Apis.Http;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace OpsMantik.Core.Providers.GoogleAds.OAuth;

/// <summary>
/// Access tokens by refresh token, through Google's authorization flow. The flow is used without UserCredential, which
/// repeats a silent fetch by itself for over six minutes (TokenRefreshManager: 12 s, 1 min, 5 min) and cannot be told
/// to stop; here every fetch has one time limit, and the retry policy of the queue does the rest.
/// </summary>
internal sealed class TokenSource
{
    /// <summary>Far more than one worker has sites.</summary>
    private const int Capacity = 4096;

    /// <summary>As Google's own library does: clocks differ, and an upload takes its time.</summary>
    private static readonly TimeSpan ExpiryMargin = TimeSpan.FromMinutes(5);

    private readonly TokenCache _cache;
    private readonly FlowHttpClientFactory _http;
    private readonly GoogleAdsOptions _options;
    private readonly TimeProvider _time;
    private readonly ILogger<TokenSource> _log;

    public TokenSource(
        IHttpMessageHandlerFactory handlers,
        IOptions<GoogleAdsOptions> options,
        TimeProvider time,
        ILogger<TokenSource> log)
    {
        _cache = new TokenCache(Capacity, client => new TokenSlot(() => FetchAsync(client), time));
        _http = new FlowHttpClientFactory(handlers);
        _options = options.Value;
        _time = time;
        _log = log;
    }

    /// <summary>A token of the consent, from the cache while it is valid.</summary>
    /// <param name="client">The consent.</param>
    /// <param name="refused">A token that Google has just refused: it is dropped and another one fetched.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <exception cref="OperationCanceledException">The caller cancelled. A time limit of ours is a fault.</exception>
    public Task<TokenAnswer> GetAsync(OAuthClient client, string? refused, CancellationToken cancellationToken) =>
        _cache.Get(client).GetAsync(refused, cancellationToken);

    private async Task<TokenAnswer> FetchAsync(OAuthClient client)
    {
        var fault = default(UploadOutcome);
        try
        {
            using var limit = new CancellationTokenSource(_options.RequestTimeout, _time);
            using var flow = new AuthorizationCodeFlow(Initializer(client));
            var response = await flow.RefreshTokenAsync("", client.RefreshToken, limit.Token).ConfigureAwait(false);
            if (!string.IsNullOrEmpty(response.AccessToken))
            {
                return new TokenAnswer(new AccessToken(response.AccessToken, UsableUntil(response)), null);
            }

            fault = TokenFaults.Unreachable("Google's token endpoint answered without a token.");
        }
        catch (TokenResponseException refusal)
        {
            fault = TokenFaults.From(refusal, new SecretScrubber(client.ClientSecret, client.RefreshToken));
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

    private AuthorizationCodeFlow.Initializer Initializer(OAuthClient client) =>
        new(GoogleAuthConsts.OidcAuthorizationUrl, _options.TokenUri.AbsoluteUri)
        {
            ClientSecrets = new ClientSecrets { ClientId = client.ClientId, ClientSecret = client.ClientSecret },
            Clock = new TimeProviderClock(_time),
            DefaultExponentialBackOffPolicy = ExponentialBackOffPolicy.None,
            HttpClientFactory = _http,
        };

    private static DateTimeOffset UsableUntil(TokenResponse response)
    {
        var lifetime = TimeSpan.FromSeconds(Math.Clamp(response.ExpiresInSeconds ?? 0, 0, 86_400));
        var margin = lifetime / 2 < ExpiryMargin ? lifetime / 2 : ExpiryMargin;
        return new DateTimeOffset(response.IssuedUtc, TimeSpan.Zero) + lifetime - margin;
    }
}
