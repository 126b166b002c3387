using System.Text;
using System.Text.Json;
using OpsMantik.Core.Json;
using OpsMantik.Core.Providers.GoogleAds;
using OpsMantik.Core.Providers.GoogleAds.OAuth;

namespace OpsMantik.Core.Providers.DataManager;

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
            using var json = ReadableJson.Parse(Encoding.UTF8.GetBytes(field.GetString()!));
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
