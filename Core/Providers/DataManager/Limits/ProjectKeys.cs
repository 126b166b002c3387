using OpsMantik.Core.Providers.GoogleAds.OAuth;

namespace OpsMantik.Core.Providers.DataManager.Limits;

/// <summary>
/// Which Google Cloud project a grant belongs to, whose limits all its sites share. A consent tells the project's
/// number and a service account its id: one project used both ways is counted as two, and Google's own refusal is then
/// the limit.
/// </summary>
internal static class ProjectKeys
{
    /// <summary>An OAuth client id begins with its project's number: <c>123456789012-abc.apps.google…</c>.</summary>
    public static string Of(OAuthClient client)
    {
        var number = client.ClientId.Split('-', 2)[0];
        return client.ClientId.Contains('-', StringComparison.Ordinal)
            && number.Length > 0 && number.All(char.IsAsciiDigit)
            ? number
            : $"client:{Fingerprints.Of(client.ClientId)[..16]}";
    }

    public static string Of(ServiceAccountKey key) => key.ProjectId;
}
