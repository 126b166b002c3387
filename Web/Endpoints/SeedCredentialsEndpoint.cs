using OpsMantik.Core.Providers;
using OpsMantik.Core.Runs;

namespace OpsMantik.Web.Endpoints;

/// <summary>Stores a site's credentials, sealed. For development and staging; in production it does not exist.</summary>
internal sealed class SeedCredentialsEndpoint(
    WorkerJobs jobs,
    DatabaseGate database,
    IEnumerable<IConversionProvider> providers,
    IConfiguration configuration,
    CronGate cron,
    IHostApplicationLifetime lifetime) : IEndpoint
{
    // The cron secret says that the caller may, not who it is.
    private const string Actor = "seed endpoint";

    public string Function => FunctionNames.SeedCredentials;

    public string Route => Routes.SeedCredentials;

    public IReadOnlyList<IEndpointFilter> Filters { get; } =
        [new EnvironmentGate(configuration), MethodFilter.Post, cron, BodyFilter.Instance];

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
            SeedOutcome.UnknownSite => Answer.Error(StatusCodes.Status404NotFound, result.Fault ?? "unknown site"),
            _ => Answer.BadRequest(result.Fault ?? "the credentials are not valid"),
        };
    }

    /// <summary>Everything but the two named environments counts as production, an unset one too.</summary>
    private sealed class EnvironmentGate(IConfiguration configuration) : IEndpointFilter
    {
        private const string Setting = "AZURE_FUNCTIONS_ENVIRONMENT";

        public async ValueTask<object?> InvokeAsync(EndpointFilterInvocationContext context, EndpointFilterDelegate next) =>
            configuration[Setting]?.ToUpperInvariant() is "DEVELOPMENT" or "STAGING"
                ? await next(context)
                : Answer.Error(StatusCodes.Status403Forbidden, $"seeding needs {Setting} to be Development or Staging");
    }
}
