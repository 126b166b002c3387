namespace OpsMantik.Local.GoogleEmulator.Tokens;

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
