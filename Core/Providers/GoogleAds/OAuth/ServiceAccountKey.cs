using System.Security.Cryptography;
using Google.Apis.Auth.OAuth2;
using Google.Apis.Auth.OAuth2.Responses;
using Google.Apis.Http;

namespace OpsMantik.Core.Providers.GoogleAds.OAuth;

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
