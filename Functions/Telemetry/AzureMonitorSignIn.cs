namespace OpsMantik.Functions.Telemetry;

/// <summary>Signing in to Application Insights with a managed identity, as Azure writes it into the app's settings.</summary>
/// <param name="ClientId">Of a user-assigned identity; null means the app's own.</param>
internal sealed record AzureMonitorSignIn(string? ClientId)
{
    /// <returns>Null where the text is not <c>Authorization=AAD[;ClientId=…]</c>.</returns>
    public static AzureMonitorSignIn? Parse(string text)
    {
        var parts = text.Split(';', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
        if (parts is not [var authorization, .. var rest]
            || !authorization.Equals("Authorization=AAD", StringComparison.OrdinalIgnoreCase))
        {
            return null;
        }

        const string key = "ClientId=";
        return rest switch
        {
            [] => new AzureMonitorSignIn(ClientId: null),
            [var one] when one.StartsWith(key, StringComparison.OrdinalIgnoreCase) && Guid.TryParse(one[key.Length..], out _) =>
                new AzureMonitorSignIn(one[key.Length..]),
            _ => null,
        };
    }
}
