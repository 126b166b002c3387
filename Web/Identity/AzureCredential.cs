using Azure.Core;
using Azure.Identity;

namespace OpsMantik.Web.Identity;

/// <summary>
/// Who we are to Azure: one credential, and no chain of them, so that a worker whose identity is broken says so instead of
/// signing in as somebody else.
/// </summary>
internal static class AzureCredential
{
    /// <summary>Client id of a user-assigned identity, as Azure's own tools and hosts name it.</summary>
    public const string ClientIdSetting = "AZURE_CLIENT_ID";

    // App Service, Functions and Container Apps set it where the app has an identity.
    private const string EndpointSetting = "IDENTITY_ENDPOINT";

    /// <summary>The managed identity where there is one; elsewhere, on a laptop, whoever ran <c>az login</c>.</summary>
    public static TokenCredential Choose(string? clientId, string? identityEndpoint)
    {
        if (!string.IsNullOrWhiteSpace(clientId))
            return new ManagedIdentityCredential(ManagedIdentityId.FromUserAssignedClientId(clientId.Trim()));
        return string.IsNullOrWhiteSpace(identityEndpoint)
            ? new AzureCliCredential(new AzureCliCredentialOptions { ProcessTimeout = EntraToken.Patience })
            : new ManagedIdentityCredential(ManagedIdentityId.SystemAssigned);
    }

    public static TokenCredential Choose(IConfiguration configuration) =>
        Choose(configuration[ClientIdSetting], configuration[EndpointSetting]);
}
