using System.Text.Json;

namespace OpsMantik.Functions.Endpoints;

/// <summary>The seed request of the runbook. Holds credentials, so it prints itself redacted.</summary>
internal sealed record SeedBody(Guid SiteId, string ProviderKey, JsonElement Credentials)
{
    private const string SiteIdName = "site_id";
    private const string ProviderKeyName = "provider_key";
    private const string CredentialsName = "credentials";

    /// <param name="fault">Names the field and what it must be, never what it was.</param>
    public static SeedBody? Read(JsonElement body, out string? fault)
    {
        var site = Find(body, SiteIdName, JsonValueKind.String);
        var provider = Find(body, ProviderKeyName, JsonValueKind.String);
        var credentials = Find(body, CredentialsName, JsonValueKind.Object);
        var siteId = Guid.Empty;
        if (site is null || !Guid.TryParseExact(site.Value.GetString(), "D", out siteId))
            fault = $"{SiteIdName} must be a UUID such as 00000000-0000-0000-0000-000000000000";
        else if (provider is null)
            fault = $"{ProviderKeyName} must be a text";
        else if (credentials is null)
            fault = $"{CredentialsName} must be an object";
        else if (body.EnumerateObject().Any(field => field.Name is not (SiteIdName or ProviderKeyName or CredentialsName)))
            fault = $"the body has an unknown field; known: {SiteIdName}, {ProviderKeyName}, {CredentialsName}";
        else
            fault = null;
        return fault is null ? new SeedBody(siteId, provider!.Value.GetString()!, credentials!.Value) : null;
    }

    public override string ToString() => "[redacted]";

    private static JsonElement? Find(JsonElement body, string name, JsonValueKind kind) =>
        body.TryGetProperty(name, out var value) && value.ValueKind == kind ? value : null;
}
