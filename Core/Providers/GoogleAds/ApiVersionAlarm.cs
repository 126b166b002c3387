namespace OpsMantik.Core.Providers.GoogleAds;

/// <summary>
/// Remembers that Google has retired the configured API version, until the process ends or Google takes an upload of that
/// version after all.
/// </summary>
public sealed class ApiVersionAlarm(TimeProvider time)
{
    private volatile RetiredVersion? _last;

    /// <summary>The latest refusal; null while there was none, or none since the last success.</summary>
    public RetiredVersion? Last => _last;

    internal void Raise(string code, string version) => _last = new RetiredVersion(code, version, time.GetUtcNow());

    internal void Clear() => _last = null;
}
