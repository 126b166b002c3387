using Google.Apis.Auth.OAuth2.Responses;

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
