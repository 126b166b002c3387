using System.Net;
using Google.Apis.Auth.OAuth2.Responses;

namespace OpsMantik.Core.Providers.GoogleAds.OAuth;

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
