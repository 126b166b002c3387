namespace OpsMantik.Web;

/// <summary>Where the telemetry goes: nowhere unless a setting says so.</summary>
internal sealed class TelemetryTargets
{
    public const string AzureMonitorSetting = "APPLICATIONINSIGHTS_CONNECTION_STRING";
    public const string AzureMonitorSignInSetting = "APPLICATIONINSIGHTS_AUTHENTICATION_STRING";
    public const string OtlpSetting = "OTEL_EXPORTER_OTLP_ENDPOINT";
    public const string OtlpProtocolSetting = "OTEL_EXPORTER_OTLP_PROTOCOL";

    private TelemetryTargets(string? azureMonitor, AzureMonitorSignIn? signIn, bool otlp) =>
        (AzureMonitor, SignIn, Otlp) = (azureMonitor, signIn, otlp);

    /// <summary>Connection string of Application Insights; null sends nothing there.</summary>
    public string? AzureMonitor { get; }

    /// <summary>How to sign in there; null leaves it to the connection string's key.</summary>
    public AzureMonitorSignIn? SignIn { get; }

    /// <summary>Whether an OpenTelemetry collector is named; the exporter reads its settings itself.</summary>
    public bool Otlp { get; }

    public bool None => AzureMonitor is null && !Otlp;

    /// <exception cref="SettingsException">A setting cannot be read; every fault is reported, none with its value.</exception>
    public static TelemetryTargets Read(IConfiguration configuration)
    {
        List<string> faults = [];
        var azureMonitor = TextOf(AzureMonitorSetting);
        var signIn = TextOf(AzureMonitorSignInSetting);
        var otlp = TextOf(OtlpSetting);
        var protocol = TextOf(OtlpProtocolSetting);
        if (azureMonitor is not null && !IsConnectionString(azureMonitor))
            faults.Add($"{AzureMonitorSetting} must be InstrumentationKey=<guid>;IngestionEndpoint=https://…");
        if (signIn is not null && AzureMonitorSignIn.Parse(signIn) is null)
            faults.Add($"{AzureMonitorSignInSetting} must be Authorization=AAD, or Authorization=AAD;ClientId=<guid>");
        if (otlp is not null && !IsHttp(otlp))
            faults.Add($"{OtlpSetting} must be an absolute http or https address");
        if (protocol is not (null or "grpc" or "http/protobuf"))
            faults.Add($"{OtlpProtocolSetting} must be grpc or http/protobuf");
        return faults.Count > 0
            ? throw new SettingsException(faults)
            : new TelemetryTargets(azureMonitor, signIn is null ? null : AzureMonitorSignIn.Parse(signIn), otlp is not null);

        string? TextOf(string setting) =>
            configuration[setting] is { } text && !string.IsNullOrWhiteSpace(text) ? text.Trim() : null;
    }

    /// <summary>Every check of the telemetry's settings, for the start.</summary>
    /// <exception cref="SettingsException">At least one is at fault.</exception>
    public static void Check(IConfiguration configuration) => Read(configuration);

    private static bool IsConnectionString(string text)
    {
        var pairs = text.Split(';', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries)
            .Select(pair => pair.Split('=', 2))
            .ToArray();
        return pairs.All(pair => pair.Length == 2)
            && Guid.TryParse(ValueOf("InstrumentationKey"), out _)
            && (ValueOf("IngestionEndpoint") is not { } endpoint || IsHttp(endpoint));

        string? ValueOf(string key) =>
            pairs.FirstOrDefault(pair => pair[0].Equals(key, StringComparison.OrdinalIgnoreCase))?[1];
    }

    private static bool IsHttp(string text) =>
        Uri.TryCreate(text, UriKind.Absolute, out var address)
        && (address.Scheme == Uri.UriSchemeHttp || address.Scheme == Uri.UriSchemeHttps);
}

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
