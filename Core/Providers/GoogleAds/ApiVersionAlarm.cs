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

/// <summary>An API version that Google no longer answers.</summary>
/// <param name="Code">Google's code, <c>UNSUPPORTED_VERSION</c>.</param>
/// <param name="Version">The version as configured, <c>v25</c>.</param>
/// <param name="When">Google's last refusal.</param>
public sealed record RetiredVersion(string Code, string Version, DateTimeOffset When);
