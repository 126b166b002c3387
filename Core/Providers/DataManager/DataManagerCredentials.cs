using System.Text.Json;
using System.Text.RegularExpressions;
using OpsMantik.Core.Providers.DataManager.Limits;
using OpsMantik.Core.Providers.GoogleAds;
using OpsMantik.Core.Providers.GoogleAds.OAuth;

namespace OpsMantik.Core.Providers.DataManager;

/// <summary>One site's access to the Data Manager API, read and checked. Prints itself redacted.</summary>
/// <param name="CustomerId">Ten digits: the account that owns the conversion action.</param>
/// <param name="ConversionActionId">Digits.</param>
/// <param name="LoginCustomerId">Ten digits of the manager account, if access goes through one.</param>
/// <param name="Grant">A consent or a service account's key.</param>
/// <param name="Project">The Google Cloud project whose limits count.</param>
internal sealed partial record DataManagerCredentials(
    string CustomerId, string ConversionActionId, string? LoginCustomerId, ITokenGrant Grant, string Project)
{
    public const string Scope = "https://www.googleapis.com/auth/datamanager";

    /// <summary>Reads the credentials, or says what is wrong with them, naming the field and never its value.</summary>
    /// <returns>Exactly one of the two.</returns>
    public static (DataManagerCredentials? Credentials, string? Fault) Read(JsonElement json)
    {
        var fields = new CredentialFields(json);
        var customerId = fields.CustomerId("customer_id", required: true)!;
        var action = ReadConversionAction(fields);
        var login = fields.CustomerId("login_customer_id", required: false);
        // Other tools put it there, and Google ignores it: it is neither needed nor sent.
        fields.HeaderValue("developer_token");
        var (grant, project) = ReadGrant(json, fields);
        return fields.Fault is null
            ? (new DataManagerCredentials(customerId, action, login, grant!, project), null)
            : (null, fields.Fault);
    }

    public override string ToString() => "[redacted]";

    private static string ReadConversionAction(CredentialFields fields)
    {
        var id = fields.Optional("conversion_action_id");
        var name = fields.Optional("conversion_action_resource_name");
        if (id is not null && !Digits().IsMatch(id))
        {
            return fields.Reject("conversion_action_id must be digits.");
        }

        if (name is null)
        {
            return id ?? fields.Reject("conversion_action_id (or conversion_action_resource_name) is missing or empty.");
        }

        if (ResourceName().Match(name) is not { Success: true } match)
        {
            return fields.Reject(
                "conversion_action_resource_name must look like customers/123/conversionActions/456.");
        }

        var named = match.Groups[1].Value;
        return id is null || id == named
            ? named
            : fields.Reject("conversion_action_id and conversion_action_resource_name name different actions.");
    }

    private static (ITokenGrant? Grant, string Project) ReadGrant(JsonElement json, CredentialFields fields)
    {
        if (json.ValueKind == JsonValueKind.Object
            && json.TryGetProperty("service_account", out var key) && key.ValueKind != JsonValueKind.Null)
        {
            var (account, fault) = ServiceAccountFields.Read(key, Scope);
            if (fault is not null)
            {
                fields.Reject(fault);
            }

            return (account, account is null ? "" : ProjectKeys.Of(account));
        }

        var client = new OAuthClient(
            fields.Required("client_id"), fields.Required("client_secret"), fields.Required("refresh_token"));
        return (client, ProjectKeys.Of(client));
    }

    [GeneratedRegex(@"^[0-9]{1,20}\z")]
    private static partial Regex Digits();

    [GeneratedRegex(@"^customers/[0-9]{1,20}/conversionActions/([0-9]{1,20})\z")]
    private static partial Regex ResourceName();
}
