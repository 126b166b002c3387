using System.Globalization;
using System.Net;
using System.Security.Cryptography;
using System.Text.Json;
using System.Text.Json.Serialization;
using Google.Apis.Auth.OAuth2;
using Google.Apis.Auth.OAuth2.Flows;
using Google.Apis.Auth.OAuth2.Responses;
using Google.Apis.Http;
using Google.Apis.Util;
using Microsoft.Extensions.Options;

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

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower)]
[JsonSerializable(typeof(string[]))]
[JsonSerializable(typeof(CodeAnswer))]
internal sealed partial class OAuthJson : JsonSerializerContext;

/// <summary>
/// Exchanges the code of a consent for its refresh token. Not by Google's library, which drops how long the token lives.
/// </summary>
internal sealed class CodeExchange(System.Net.Http.IHttpClientFactory http, IOptions<GoogleAdsOptions> options, TimeProvider time)
{
    /// <returns>Exactly one of the two; the fault is for an operator and holds no secret.</returns>
    /// <exception cref="OperationCanceledException">The caller cancelled. A time limit of ours is a fault.</exception>
    public async Task<(GrantedConsent? Consent, string? Fault)> ExchangeAsync(
        ConsentRequest request, string code, CancellationToken cancellationToken)
    {
        var client = request.Client;
        using var limit = new CancellationTokenSource(options.Value.RequestTimeout, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, cancellationToken);
        using var sender = http.CreateClient(GoogleAdsServices.HttpClientName);
        using var form = new FormUrlEncodedContent(
        [
            new("grant_type", "authorization_code"), new("code", code), new("code_verifier", request.Verifier),
            new("redirect_uri", request.Redirect.OriginalString), new("client_id", client.ClientId), new("client_secret", client.ClientSecret),
        ]);
        try
        {
            using var response = await sender.PostAsync(options.Value.TokenUri, form, either.Token).ConfigureAwait(false);
            var body = await response.Content.ReadAsByteArrayAsync(either.Token).ConfigureAwait(false);
            return Read(request, (int)response.StatusCode, Parse(body), new SecretScrubber(code, request.Verifier, client.ClientSecret));
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return (null, "Google's token endpoint did not answer in time. Run the command again.");
        }
        catch (HttpRequestException error)
        {
            return (null, $"Google's token endpoint could not be asked ({error.HttpRequestError}). Check GoogleAds__TokenUri and Google__Proxy, and run the command again.");
        }
    }

    private static (GrantedConsent? Consent, string? Fault) Read(
        ConsentRequest request, int status, CodeAnswer? answer, SecretScrubber scrubber)
    {
        if (status != 200 || answer?.AccessToken is null)
        {
            var error = scrubber.Identifier(answer?.Error);
            return (null, error switch
            {
                null => $"Google's token endpoint answered HTTP {status} and nothing that can be read. Run the command again.",
                "invalid_client" => "Google knows no such OAuth client, or its secret is another (invalid_client): download its file anew, and give it as --client-file.",
                "redirect_uri_mismatch" => $"The OAuth client is not registered for {request.Redirect} (redirect_uri_mismatch): add it to its redirect URIs, or use a client of type Desktop app.",
                "invalid_grant" => "Google takes this code no more (invalid_grant): it was used, is too old, or is of another question. Run the command again.",
                _ => $"Google gave no token ({error}): {scrubber.Clean(answer!.ErrorDescription)}",
            });
        }

        string[] granted = answer.Scope is { } scope ? scope.Split(' ') : [.. request.Scopes];
        // The first is what uploads need; any other is for the check of the account.
        return !granted.Contains(request.Scopes[0])
            ? (null, $"The consent does not cover {request.Scopes[0]}: run the command again, and leave its box ticked.")
            : string.IsNullOrEmpty(answer.RefreshToken)
                ? (null, "Google gave no refresh token, which it does only where it is asked with prompt=consent and access_type=offline: open the very "
                    + "address that this command prints. If you did, remove the app at https://myaccount.google.com/connections and run the command again.")
                : (new GrantedConsent(
                    new OAuthClient(request.Client.ClientId, request.Client.ClientSecret, answer.RefreshToken),
                    granted.Contains(AccountAccess.Scope),
                    answer.RefreshTokenExpiresIn is > 0 and var seconds ? TimeSpan.FromSeconds(seconds) : null), null);
    }

    private static CodeAnswer? Parse(byte[] body)
    {
        try
        {
            return JsonSerializer.Deserialize(body, OAuthJson.Default.CodeAnswer);
        }
        catch (JsonException)
        {
            return null;
        }
    }
}

/// <summary>What the token endpoint answers to a code. Prints itself redacted.</summary>
internal sealed record CodeAnswer(
    string? AccessToken, string? RefreshToken, string? Scope, long? RefreshTokenExpiresIn, string? Error, string? ErrorDescription)
{
    public override string ToString() => "[redacted]";
}

/// <summary>A consent that a person gave, not stored yet. Prints itself redacted.</summary>
public sealed class GrantedConsent
{
    internal GrantedConsent(OAuthClient client, bool coversAds, TimeSpan? lifetime) =>
        (Client, CoversAds, Lifetime) = (client, coversAds, lifetime);

    internal OAuthClient Client { get; }

    /// <summary>Accounts and actions can be asked for.</summary>
    public bool CoversAds { get; }

    /// <summary>When Google ends it by itself; null: never. Seven days where the project's consent screen is in testing.</summary>
    public TimeSpan? Lifetime { get; }

    /// <summary>What is to be said of it; none where it lives until the person ends it.</summary>
    internal IReadOnlyList<AccountFinding> Findings => Lifetime is not { } lifetime ? [] :
    [
        AccountFinding.Warning(
            "consent",
            $"Google ends it in {lifetime.TotalDays.ToString("0.#", CultureInfo.InvariantCulture)} days: the consent screen is in testing, or the person allowed it for a time only",
            "Google Cloud, Google Auth Platform, Audience: Publish app. Then run credentials connect again."),
    ];

    public override string ToString() => "[redacted]";
}
