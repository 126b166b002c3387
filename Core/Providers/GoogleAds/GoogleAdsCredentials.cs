using System.Text.Json;
using OpsMantik.Core.Providers.GoogleAds.OAuth;

namespace OpsMantik.Core.Providers.GoogleAds;

/// <summary>One site's access to Google Ads, read and checked. Prints itself redacted.</summary>
/// <param name="CustomerId">Ten digits.</param>
/// <param name="ConversionAction">Resource name, <c>customers/1/conversionActions/2</c>.</param>
/// <param name="LoginCustomerId">Ten digits of the manager account, if access goes through one.</param>
/// <param name="DeveloperToken">Optional and ignored by Google since September 2026.</param>
/// <param name="OAuth">The consent.</param>
internal sealed record GoogleAdsCredentials(
    string CustomerId, string ConversionAction, string? LoginCustomerId, string? DeveloperToken, OAuthClient OAuth)
{
    /// <summary>Reads the credentials, or says what is wrong with them, naming the field and never its value.</summary>
    /// <returns>Exactly one of the two.</returns>
    public static (GoogleAdsCredentials? Credentials, string? Fault) Read(JsonElement json)
    {
        var fields = new CredentialFields(json);
        var customerId = fields.CustomerId("customer_id", required: true)!;
        var credentials = new GoogleAdsCredentials(
            customerId,
            ReadAction(fields, customerId),
            fields.CustomerId("login_customer_id", required: false),
            fields.HeaderValue("developer_token"),
            new OAuthClient(
                fields.Required("client_id"), fields.Required("client_secret"), fields.Required("refresh_token")));
        return fields.Fault is null ? (credentials, null) : (null, fields.Fault);
    }

    public override string ToString() => "[redacted]";

    // Google validates the id alone, so the customer of the call stands in the name, unless the credentials name another.
    private static string ReadAction(CredentialFields fields, string customerId)
    {
        const string Field = "conversion_action_resource_name";
        if ((fields.ActionId(Field) ?? fields.ActionId("conversion_action_id")) is not { } id)
        {
            return fields.Reject($"{Field} is missing or empty.");
        }

        var written = fields.Id(Field)?.Split('/') is [.., "customers", var owner, "conversionActions", _]
            ? owner.Replace("-", "", StringComparison.Ordinal)
            : customerId;
        return $"customers/{written}/conversionActions/{id}";
    }
}
