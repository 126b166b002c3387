using System.Collections.Concurrent;
using System.Security.Cryptography;
using OpsMantik.Local.GoogleEmulator.Errors;

namespace OpsMantik.Local.GoogleEmulator.Tokens;

/// <summary>The access tokens issued, with the refresh token each was issued for.</summary>
internal sealed class AccessTokens(TimeProvider time)
{
    /// <summary>Google says 3599 seconds, for an hour less the way.</summary>
    public static readonly TimeSpan Lifetime = TimeSpan.FromSeconds(3599);

    private const string Scheme = "Bearer ";

    private readonly ConcurrentDictionary<string, Issued> _issued = new();

    public string Issue(string refreshToken)
    {
        var token = "ya29." + RandomNumberGenerator.GetHexString(64, lowercase: true);
        _issued[token] = new(refreshToken, time.GetUtcNow() + Lifetime);
        return token;
    }

    /// <summary>Whom an Authorization header speaks for, and what is wrong with it; no fault, no wrong.</summary>
    public (string? RefreshToken, RequestFault? Fault) Find(string? authorization)
    {
        if (string.IsNullOrEmpty(authorization))
            return (null, Missing());
        if (!authorization.StartsWith(Scheme, StringComparison.OrdinalIgnoreCase)
            || !_issued.TryGetValue(authorization[Scheme.Length..], out var issued))
            return (null, RequestFault.Unauthenticated("OAUTH_TOKEN_INVALID"));
        return (issued.RefreshToken, time.GetUtcNow() < issued.Expires
            ? null
            : RequestFault.Unauthenticated("OAUTH_TOKEN_EXPIRED"));
    }

    private static RequestFault Missing() => RequestFault.Unauthenticated("AUTHENTICATION_ERROR") with
    {
        Message = "Request is missing required authentication credential. Expected OAuth 2 access token, login cookie "
            + "or other valid authentication credential. See "
            + "https://developers.google.com/identity/sign-in/web/devconsole-project.",
    };

    private sealed record Issued(string RefreshToken, DateTimeOffset Expires)
    {
        public override string ToString() => "[redacted]";
    }
}
