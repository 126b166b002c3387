using System.Net;
using System.Security.Cryptography;
using System.Text.Json;
using System.Text.Json.Serialization;
using Google.Apis.Auth.OAuth2;
using Google.Apis.Auth.OAuth2.Flows;
using Google.Apis.Auth.OAuth2.Responses;
using Google.Apis.Http;
using Google.Apis.Util;

namespace OpsMantik.Core.Providers.GoogleAds.OAuth;

/// <summary>What a site holds that Google gives access tokens for: a consent, or a service account's key.</summary>
internal interface ITokenGrant
{
    /// <summary>What must not be repeated in any text.</summary>
    IReadOnlyList<string> Secrets { get; }

    /// <summary>A cache key that gives nothing away.</summary>
    string Fingerprint();

    /// <summary>Asks once; no retries of the library's own.</summary>
    /// <exception cref="TokenResponseException">Google refused.</exception>
    Task<TokenResponse> RequestAsync(TokenEndpoint endpoint, CancellationToken cancellationToken);
}

/// <summary>The refresh-token trio of one consent. Prints itself redacted.</summary>
internal sealed record OAuthClient(string ClientId, string ClientSecret, string RefreshToken) : ITokenGrant
{
    public IReadOnlyList<string> Secrets => [ClientSecret, RefreshToken];

    public string Fingerprint() => Fingerprints.Of(ClientId, ClientSecret, RefreshToken);

    /// <summary>
    /// The flow is used without UserCredential, which repeats a silent fetch by itself for over six minutes
    /// (TokenRefreshManager: 12 s, 1 min, 5 min) and cannot be told to stop.
    /// </summary>
    public async Task<TokenResponse> RequestAsync(TokenEndpoint endpoint, CancellationToken cancellationToken)
    {
        using var flow = new AuthorizationCodeFlow(
            new AuthorizationCodeFlow.Initializer(GoogleAuthConsts.OidcAuthorizationUrl, endpoint.Address.AbsoluteUri)
            {
                ClientSecrets = new ClientSecrets { ClientId = ClientId, ClientSecret = ClientSecret },
                Clock = endpoint.Clock,
                DefaultExponentialBackOffPolicy = ExponentialBackOffPolicy.None,
                HttpClientFactory = endpoint.Http,
            });
        return await flow.RefreshTokenAsync("", RefreshToken, cancellationToken).ConfigureAwait(false);
    }

    public override string ToString() => "[redacted]";
}

/// <summary>A service account's key, for one scope. Prints itself redacted.</summary>
/// <param name="Email">Its <c>client_email</c>.</param>
/// <param name="PrivateKey">RSA in PEM, already checked to be one.</param>
/// <param name="KeyId">Its <c>private_key_id</c>; Google finds the key faster with it.</param>
/// <param name="ProjectId">The Google Cloud project it belongs to.</param>
/// <param name="Scope">What the tokens are for.</param>
internal sealed record ServiceAccountKey(
    string Email, string PrivateKey, string? KeyId, string ProjectId, string Scope) : ITokenGrant
{
    public IReadOnlyList<string> Secrets => [PrivateKey];

    public static bool IsRsaKey(string pem)
    {
        using var rsa = RSA.Create();
        try
        {
            rsa.ImportFromPem(pem);
            // A public key alone signs nothing.
            _ = rsa.ExportRSAPrivateKey();
            return true;
        }
        catch (Exception error) when (error is ArgumentException or CryptographicException)
        {
            return false;
        }
    }

    public string Fingerprint() => Fingerprints.Of("service_account", Email, PrivateKey, KeyId ?? "", Scope);

    public async Task<TokenResponse> RequestAsync(TokenEndpoint endpoint, CancellationToken cancellationToken)
    {
        using var rsa = RSA.Create();
        rsa.ImportFromPem(PrivateKey);
        var credential = new ServiceAccountCredential(
            new ServiceAccountCredential.Initializer(Email, endpoint.Address.AbsoluteUri)
            {
                Key = rsa,
                KeyId = KeyId,
                Scopes = [Scope],
                Clock = endpoint.Clock,
                DefaultExponentialBackOffPolicy = ExponentialBackOffPolicy.None,
                HttpClientFactory = endpoint.Http,
            });
        // Not GetAccessTokenForRequestAsync, which would sign a token of its own or repeat a silent fetch.
        await credential.RequestAccessTokenAsync(cancellationToken).ConfigureAwait(false);
        return credential.Token;
    }

    public override string ToString() => "[redacted]";
}

/// <summary>Where tokens are fetched, and with what. Never taken from a credential, which could name its own place.</summary>
internal sealed record TokenEndpoint(Uri Address, FlowHttpClientFactory Http, TimeProviderClock Clock);

/// <summary>Lets Google's library speak through our connection pool, without its redirects and time limits.</summary>
internal sealed class FlowHttpClientFactory(IHttpMessageHandlerFactory handlers)
    : HttpClientFactory, Google.Apis.Http.IHttpClientFactory
{
    private const int MaxAnswerBytes = 1 << 20;

    protected override HttpMessageHandler CreateHandler(CreateHttpClientArgs args) =>
        new RedirectGuard(handlers.CreateHandler(GoogleAdsServices.HttpClientName));

    /// <summary>The library calls this through its interface, which a derived class may implement anew.</summary>
    ConfigurableHttpClient Google.Apis.Http.IHttpClientFactory.CreateHttpClient(CreateHttpClientArgs args)
    {
        var client = CreateHttpClient(args);
        // A redirect would carry the secrets of the form to wherever it points.
        client.MessageHandler.FollowRedirect = false;
        client.MaxResponseContentBufferSize = MaxAnswerBytes;
        client.Timeout = Timeout.InfiniteTimeSpan;
        return client;
    }

    /// <summary>The library would read a redirect as a refusal, and stumble over its empty body.</summary>
    private sealed class RedirectGuard(HttpMessageHandler inner) : DelegatingHandler(inner)
    {
        protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            var response = await base.SendAsync(request, cancellationToken).ConfigureAwait(false);
            if (response.StatusCode is < HttpStatusCode.MultipleChoices or >= HttpStatusCode.BadRequest)
            {
                return response;
            }

            response.Dispose();
            throw new HttpRequestException("A redirect is never followed.", null, response.StatusCode);
        }
    }
}

/// <summary>The clock of Google's library, over ours.</summary>
internal sealed class TimeProviderClock(TimeProvider time) : IClock
{
    public DateTime Now => time.GetLocalNow().DateTime;

    public DateTime UtcNow => time.GetUtcNow().UtcDateTime;
}

internal static class Fingerprints
{
    /// <summary>SHA-256 over the parts, unambiguous as a JSON array.</summary>
    public static string Of(params string[] parts) => Convert.ToHexString(
        SHA256.HashData(JsonSerializer.SerializeToUtf8Bytes(parts, OAuthJson.Default.StringArray)));
}

[JsonSerializable(typeof(string[]))]
internal sealed partial class OAuthJson : JsonSerializerContext;
