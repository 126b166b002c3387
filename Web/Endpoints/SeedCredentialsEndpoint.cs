using System.Text.Json;
using OpsMantik.Core;
using OpsMantik.Core.Providers;
using OpsMantik.Core.Runs;

namespace OpsMantik.Web.Endpoints;

/// <summary>Stores a site's credentials, sealed. For development and staging; in production it does not exist.</summary>
internal sealed class SeedCredentialsEndpoint(
    WorkerJobs jobs,
    DatabaseReadiness database,
    IEnumerable<IConversionProvider> providers,
    IConfiguration configuration,
    CronSecretFilter cron,
    IHostApplicationLifetime lifetime) : IEndpoint
{
    // The cron secret says that the caller may, not who it is.
    private const string Actor = "seed endpoint";

    public string Function => FunctionNames.SeedCredentials;

    public string Route => Routes.SeedCredentials;

    public IReadOnlyList<IEndpointFilter> Filters { get; } =
        [new EnvironmentFilter(configuration), MethodFilter.Post, cron, BodyFilter.Instance];

    public async Task<IResult> HandleAsync(HttpContext context)
    {
        if (new QueryReader(context.Request.Query).FindFault() is { } queryFault)
            return Answer.BadRequest(queryFault);
        using var json = StrictJson.ParseObject(BodyFilter.BodyOf(context));
        if (json is null)
            return Answer.BadRequest(StrictJson.Expected);
        if (SeedBody.Read(json.RootElement, out var bodyFault) is not { } seed)
            return Answer.BadRequest(bodyFault!);
        if (!providers.Any(provider => provider.Key == seed.ProviderKey))
            return Answer.BadRequest(
                $"provider_key must be one of: {string.Join(", ", providers.Select(provider => provider.Key))}");
        if (await database.FindFaultAsync(context.RequestAborted) is { } away)
            return Answer.Unavailable(away);

        var result = await jobs.Seed(
            seed.SiteId, seed.ProviderKey, seed.Credentials, Actor, lifetime.ApplicationStopping);
        return result.Outcome switch
        {
            SeedOutcome.Seeded => Answer.Ok(
                new SeedAnswer(true, seed.SiteId, seed.ProviderKey), AnswerJson.Default.SeedAnswer),
            SeedOutcome.NotAllowed => Answer.Error(StatusCodes.Status403Forbidden, result.Fault!),
            SeedOutcome.UnknownSite => Answer.Error(StatusCodes.Status404NotFound, result.Fault ?? "unknown site"),
            _ => Answer.BadRequest(result.Fault ?? "the credentials are not valid"),
        };
    }

    private sealed class EnvironmentFilter(IConfiguration configuration) : IEndpointFilter
    {
        public async ValueTask<object?> InvokeAsync(EndpointFilterInvocationContext context, EndpointFilterDelegate next) =>
            !WorkerEnvironment.IsProduction(configuration)
                ? await next(context)
                : Answer.Error(StatusCodes.Status403Forbidden, $"seeding needs {WorkerEnvironment.Setting} to be Development or Staging");
    }
}

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

/// <summary>Parses JSON whose every text can be read: UTF-8, no duplicate keys, not deep, no broken escapes.</summary>
internal static class StrictJson
{
    public const string Expected =
        "the body must be one JSON object in UTF-8, without duplicate keys and at most 8 levels deep";

    private static readonly JsonDocumentOptions Options = new() { MaxDepth = 8, AllowDuplicateProperties = false };

    /// <returns>Null when it is anything but <see cref="Expected"/>.</returns>
    public static JsonDocument? ParseObject(ReadOnlyMemory<byte> text)
    {
        // PowerShell writes files with a byte order mark.
        if (text.Span.StartsWith("\uFEFF"u8))
            text = text[3..];
        try
        {
            var document = UnicodeJson.Parse(text, Options);
            if (document.RootElement.ValueKind == JsonValueKind.Object)
                return document;
            document.Dispose();
            return null;
        }
        catch (JsonException)
        {
            return null;
        }
    }
}
