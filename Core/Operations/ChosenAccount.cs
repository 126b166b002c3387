using System.Text.Json;
using OpsMantik.Core.Providers;
using OpsMantik.Core.Providers.GoogleAds.OAuth;

namespace OpsMantik.Core.Operations;

/// <summary>Where a site's sales are to go.</summary>
/// <param name="UploadApi">As in the credentials' <c>upload_api</c>.</param>
/// <param name="CustomerId">Ten digits, or as a person typed them.</param>
/// <param name="LoginCustomerId">The manager that the way leads through; null: none.</param>
/// <param name="ActionId">The conversion action's id, or as a person typed or pasted it.</param>
public sealed record ChosenAccount(string UploadApi, string CustomerId, string? LoginCustomerId, string ActionId)
{
    /// <summary>The credentials' object, with the secrets of the consent.</summary>
    internal JsonElement Credentials(GrantedConsent consent) => JsonSerializer.SerializeToElement(new Dictionary<string, string?>
    {
        ["upload_api"] = UploadApi,
        ["customer_id"] = CustomerId,
        ["login_customer_id"] = LoginCustomerId,
        ["conversion_action_id"] = ActionId,
        ["client_id"] = consent.Client.ClientId,
        ["client_secret"] = consent.Client.ClientSecret,
        ["refresh_token"] = consent.Client.RefreshToken,
    });
}

/// <summary>What a site has already, each part but the first null where it is missing or cannot be read. Prints itself redacted.</summary>
public sealed record StoredConnection(
    string UploadApi, string? CustomerId, string? LoginCustomerId, string? ActionId, ConsentClient? Client)
{
    public const string GoogleAds = "google_ads";
    public const string DataManager = "data_manager";

    internal static StoredConnection Read(CredentialFields fields)
    {
        var (id, secret) = (Text(fields.Optional("client_id")), Text(fields.Optional("client_secret")));
        return new StoredConnection(
            fields.Optional("upload_api") == DataManager ? DataManager : GoogleAds,
            Text(fields.CustomerId("customer_id", required: false)),
            Text(fields.CustomerId("login_customer_id", required: false)),
            Text(fields.ActionId("conversion_action_id")) ?? Text(fields.ActionId("conversion_action_resource_name")),
            id is null || secret is null ? null : new ConsentClient(id, secret));
    }

    public override string ToString() => "[redacted]";

    // A field at fault reads as an empty text.
    private static string? Text(string? field) => string.IsNullOrEmpty(field) ? null : field;
}
