using Google.Apis.Auth.OAuth2;
using Google.Apis.Auth.OAuth2.Flows;
using Google.Apis.Auth.OAuth2.Responses;
using Google.Apis.Http;

namespace OpsMantik.Core.Providers.GoogleAds.OAuth;

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
