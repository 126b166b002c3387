using System.ComponentModel.DataAnnotations;

namespace OpsMantik.Core.Providers.GoogleAds;

/// <summary>Where Google is and how long to wait for it. Section <c>GoogleAds</c> (<c>GoogleAds__ApiVersion</c> …).</summary>
public sealed class GoogleAdsOptions
{
    public const string Section = "GoogleAds";

    /// <summary>Origin of the Google Ads REST interface.</summary>
    [Required]
    public Uri BaseAddress { get; set; } = new("https://googleads.googleapis.com/");

    /// <summary>OAuth token endpoint.</summary>
    [Required]
    public Uri TokenUri { get; set; } = new("https://oauth2.googleapis.com/token");

    /// <summary>
    /// Major version in the path. Google retires one about a year after its release, so it is a setting and no constant.
    /// </summary>
    [Required]
    [RegularExpression("^v[0-9]{1,3}$", ErrorMessage = "must look like v25")]
    public string ApiVersion { get; set; } = "v25";

    /// <summary>Longest wait for one answer, of the token endpoint or of an upload.</summary>
    [Range(typeof(TimeSpan), "00:00:01", "00:05:00")]
    public TimeSpan RequestTimeout { get; set; } = TimeSpan.FromSeconds(60);
}
