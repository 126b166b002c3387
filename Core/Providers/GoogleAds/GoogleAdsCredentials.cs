using System.Text.Json;
using System.Text.RegularExpressions;
using OpsMantik.Core.Providers.GoogleAds.OAuth;

namespace OpsMantik.Core.Providers.GoogleAds;

/// <summary>One site's access to Google Ads, read and checked. Prints itself redacted.</summary>
/// <param name="CustomerId">Ten digits.</param>
/// <param name="ConversionAction">Resource name, <c>customers/1/conversionActions/2</c>.</param>
/// <param name="LoginCustomerId">Ten digits of the manager account, if access goes through one.</param>
/// <param name="DeveloperToken">Optional and ignored by Google since September 2026.</param>
/// <param name="OAuth">The consent.</param>
internal sealed partial record GoogleAdsCredentials(
    string CustomerId, string ConversionAction, string? LoginCustomerId, string? DeveloperToken, OAuthClient OAuth)
{
    /// <summary>Reads the credentials, or says what is wrong with them, naming the field and never its value.</summary>
    /// <returns>Exactly one of the two.</returns>
    public static (GoogleAdsCredentials? Credentials, string? Fault) Read(JsonElement json)
    {
        var fields = new CredentialFields(json);
        var credentials = new GoogleAdsCredentials(
            fields.CustomerId("customer_id", required: true)!,
            fields.Required("conversion_action_resource_name"),
            fields.CustomerId("login_customer_id", required: false),
            fields.HeaderValue("developer_token"),
            new OAuthClient(
                fields.Required("client_id"), fields.Required("client_secret"), fields.Required("refresh_token")));
        if (!ResourceName().IsMatch(credentials.ConversionAction))
        {
            fields.Reject("conversion_action_resource_name must look like customers/123/conversionActions/456.");
        }

        return fields.Fault is null ? (credentials, null) : (null, fields.Fault);
    }

    public override string ToString() => "[redacted]";

    [GeneratedRegex(@"^customers/[0-9]{1,20}/conversionActions/[0-9]{1,20}\z")]
    private static partial Regex ResourceName();
}
