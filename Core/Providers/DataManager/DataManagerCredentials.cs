using System.Text;
using System.Text.Json;
using OpsMantik.Core.Providers.GoogleAds.OAuth;

namespace OpsMantik.Core.Providers.DataManager;

/// <summary>One site's access to the Data Manager API, read and checked. Prints itself redacted.</summary>
/// <param name="CustomerId">Ten digits: the account that owns the conversion action.</param>
/// <param name="ConversionActionId">Digits.</param>
/// <param name="LoginCustomerId">Ten digits of the manager account, if access goes through one.</param>
/// <param name="Grant">A consent or a service account's key.</param>
/// <param name="Project">The Google Cloud project whose limits count.</param>
internal sealed record DataManagerCredentials(
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
        var id = fields.ActionId("conversion_action_id");
        var named = fields.ActionId("conversion_action_resource_name");
        return id is not null && named is not null && id != named
            ? fields.Reject("conversion_action_id and conversion_action_resource_name name different actions.")
            : id ?? named ?? fields.Reject("conversion_action_id (or conversion_action_resource_name) is missing or empty.");
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
}

/// <summary>
/// Reads a service account's key as Google hands it out: a JSON object, or its text. Of its addresses none is used: a
/// credential must not be able to send its assertion elsewhere.
/// </summary>
internal static class ServiceAccountFields
{
    /// <returns>Exactly one of the two; the fault names the field and never its value.</returns>
    public static (ServiceAccountKey? Key, string? Fault) Read(JsonElement field, string scope)
    {
        if (field.ValueKind != JsonValueKind.String)
        {
            return ReadObject(field, scope);
        }

        try
        {
            using var json = UnicodeJson.Parse(Encoding.UTF8.GetBytes(field.GetString()!));
            return ReadObject(json.RootElement, scope);
        }
        catch (JsonException)
        {
            return (null, "service_account must be the key's JSON object, or its text.");
        }
    }

    private static (ServiceAccountKey? Key, string? Fault) ReadObject(JsonElement json, string scope)
    {
        if (json.ValueKind != JsonValueKind.Object)
        {
            return (null, "service_account must be the key's JSON object, or its text.");
        }

        var fields = new CredentialFields(json);
        if (fields.Optional("type") is { } type && type != "service_account")
        {
            fields.Reject("type must be \"service_account\".");
        }

        var key = new ServiceAccountKey(
            fields.Required("client_email"),
            fields.Required("private_key"),
            fields.Optional("private_key_id"),
            fields.Required("project_id"),
            scope);
        if (fields.Fault is null && !ServiceAccountKey.IsRsaKey(key.PrivateKey))
        {
            fields.Reject("private_key must be an RSA private key in PEM.");
        }

        return fields.Fault is null ? (key, null) : (null, $"service_account.{fields.Fault}");
    }
}
