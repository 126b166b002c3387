using Azure.Core;

namespace OpsMantik.Functions.Tests.Identity;

/// <summary>A credential that answers as a test says, and keeps what it was asked.</summary>
internal sealed class FakeCredential(Func<CancellationToken, Task<AccessToken>> answer) : TokenCredential
{
    private readonly List<string> _scopes = [];

    public Func<CancellationToken, Task<AccessToken>> Answer { get; set; } = answer;

    public IReadOnlyList<string> Scopes
    {
        get
        {
            lock (_scopes)
                return [.. _scopes];
        }
    }

    public override AccessToken GetToken(TokenRequestContext requestContext, CancellationToken cancellationToken) =>
        throw new NotSupportedException();

    public override async ValueTask<AccessToken> GetTokenAsync(
        TokenRequestContext requestContext, CancellationToken cancellationToken)
    {
        lock (_scopes)
            _scopes.AddRange(requestContext.Scopes);
        return await Answer(cancellationToken);
    }
}
