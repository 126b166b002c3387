using System.Collections.Concurrent;
using System.Security.Cryptography;

namespace OpsMantik.Local.GoogleEmulator;

/// <summary>The access tokens issued, with what each was issued for.</summary>
internal sealed class AccessTokens(TimeProvider time)
{
    /// <summary>Google says 3599 seconds, an hour less a second.</summary>
    public static readonly TimeSpan Lifetime = TimeSpan.FromSeconds(3599);

    private const string Scheme = "Bearer ";

    private readonly ConcurrentDictionary<string, AccessGrant> _issued = new();

    public string Issue(string owner, string project, string scope)
    {
        var token = "ya29." + RandomNumberGenerator.GetHexString(64, lowercase: true);
        _issued[token] = new(owner, project, scope, time.GetUtcNow() + Lifetime);
        return token;
    }

    /// <summary>The grant of an Authorization header, or what is wrong with the header; for an expired token, both.</summary>
    public (AccessGrant? Grant, TokenError? Error) Find(string? authorization)
    {
        if (string.IsNullOrEmpty(authorization))
            return (null, TokenError.Missing);
        if (!authorization.StartsWith(Scheme, StringComparison.OrdinalIgnoreCase)
            || !_issued.TryGetValue(authorization[Scheme.Length..], out var grant))
            return (null, TokenError.Invalid);
        return (grant, time.GetUtcNow() < grant.Expires ? null : TokenError.Expired);
    }
}

/// <summary>What an access token was issued for.</summary>
/// <param name="Owner">The refresh token, or the service account's address.</param>
/// <param name="Project">Whose quota its calls use: the OAuth client, or the domain of the service account.</param>
/// <param name="Scope">Separated by spaces.</param>
/// <param name="Expires">On the emulator's clock.</param>
internal sealed record AccessGrant(string Owner, string Project, string Scope, DateTimeOffset Expires)
{
    public bool Allows(string scope) => Scope.Split(' ').Contains(scope);

    public override string ToString() => "[redacted]";
}

/// <summary>The consents given and not exchanged yet. A code is good once, and for ten minutes.</summary>
internal sealed class ConsentCodes(TimeProvider time)
{
    private static readonly TimeSpan Lifetime = TimeSpan.FromMinutes(10);

    private readonly ConcurrentDictionary<string, (GivenConsent Consent, DateTimeOffset Given)> _open = new();

    public string Issue(GivenConsent consent)
    {
        var code = "4/0A" + RandomNumberGenerator.GetHexString(64, lowercase: true);
        _open[code] = (consent, time.GetUtcNow());
        return code;
    }

    public GivenConsent? Take(string? code) =>
        code is not null && _open.TryRemove(code, out var open) && time.GetUtcNow() - open.Given < Lifetime ? open.Consent : null;
}

/// <summary>What a person consented to.</summary>
/// <param name="Challenge">Base64url of the SHA-256 of the verifier that the exchange must bring.</param>
/// <param name="Offline">A refresh token was asked for.</param>
internal sealed record GivenConsent(string ClientId, string RedirectUri, string Challenge, string Scope, bool Offline);

/// <summary>Why an Authorization header is refused.</summary>
internal enum TokenError
{
    Missing,
    Invalid,
    Expired,
}

internal static class Scopes
{
    public const string Ads = "https://www.googleapis.com/auth/adwords";
    public const string DataManager = "https://www.googleapis.com/auth/datamanager";
}
