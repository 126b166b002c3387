namespace OpsMantik.Local.GoogleEmulator.Tokens;

internal static class Scopes
{
    public const string Ads = "https://www.googleapis.com/auth/adwords";
    public const string DataManager = "https://www.googleapis.com/auth/datamanager";
}
