using System.Collections.Concurrent;
using System.Security.Cryptography;

namespace OpsMantik.Local.GoogleEmulator.Tokens;

/// <summary>The access tokens issued, with what each was issued for.</summary>
internal sealed class AccessTokens(TimeProvider time)
{
    /// <summary>Google says 3599 seconds, for an hour less the way.</summary>
    public static readonly TimeSpan Lifetime = TimeSpan.FromSeconds(3599);

    private const string Scheme = "Bearer ";

    private readonly ConcurrentDictionary<string, AccessGrant> _issued = new();

    public string Issue(string owner, string project, string scope)
    {
        var token = "ya29." + RandomNumberGenerator.GetHexString(64, lowercase: true);
        _issued[token] = new(owner, project, scope, time.GetUtcNow() + Lifetime);
        return token;
    }

    /// <summary>Whom an Authorization header speaks for, and what is wrong with it; expired: both.</summary>
    public (AccessGrant? Grant, TokenFault? Fault) Find(string? authorization)
    {
        if (string.IsNullOrEmpty(authorization))
            return (null, TokenFault.Missing);
        if (!authorization.StartsWith(Scheme, StringComparison.OrdinalIgnoreCase)
            || !_issued.TryGetValue(authorization[Scheme.Length..], out var grant))
            return (null, TokenFault.Invalid);
        return (grant, time.GetUtcNow() < grant.Expires ? null : TokenFault.Expired);
    }
}
