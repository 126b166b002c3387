namespace OpsMantik.Core.Providers.GoogleAds;

/// <summary>Remembers, until the process ends, that Google has retired the configured API version.</summary>
public sealed class ApiVersionAlarm(TimeProvider time)
{
    private volatile RetiredVersion? _last;

    /// <summary>The latest refusal; null while there was none.</summary>
    public RetiredVersion? Last => _last;

    internal void Raise(string code, string version) => _last = new RetiredVersion(code, version, time.GetUtcNow());
}
