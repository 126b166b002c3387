namespace OpsMantik.Core.Providers.GoogleAds;

/// <summary>An API version that Google no longer answers.</summary>
/// <param name="Code">Google's code, <c>UNSUPPORTED_VERSION</c>.</param>
/// <param name="Version">The version as configured, <c>v25</c>.</param>
/// <param name="When">When Google said so last.</param>
public sealed record RetiredVersion(string Code, string Version, DateTimeOffset When);
