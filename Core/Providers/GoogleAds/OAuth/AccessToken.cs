namespace OpsMantik.Core.Providers.GoogleAds.OAuth;

/// <summary>A bearer token and the moment from which it is no longer used. Prints itself redacted.</summary>
internal sealed record AccessToken(string Value, DateTimeOffset UsableUntil)
{
    public override string ToString() => "[redacted]";
}
