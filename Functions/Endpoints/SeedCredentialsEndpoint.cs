using System.Net;
using OpsMantik.Core.Providers;
using OpsMantik.Core.Runs;
using OpsMantik.Functions.Endpoints.Answers;

namespace OpsMantik.Functions.Endpoints;

/// <summary>Stores a site's credentials, sealed. For development and staging; in production it does not exist.</summary>
internal sealed class SeedCredentialsEndpoint(
    WorkerJobs jobs,
    DatabaseGate database,
    IEnumerable<IConversionProvider> providers,
    IConfiguration configuration,
    IHostApplicationLifetime lifetime) : IEndpoint
{
    private const string EnvironmentSetting = "AZURE_FUNCTIONS_ENVIRONMENT";

    // The cron secret says that the caller may, not who it is.
    private const string Actor = "seed endpoint";

    public string Function => FunctionNames.SeedCredentials;

    public string Route => Routes.SeedCredentials;

    public string Method => HttpMethod.Post.Method;

    /// <summary>Everything but the two named environments counts as production, an unset one too.</summary>
    public EndpointResponse? Closed =>
        configuration[EnvironmentSetting]?.ToUpperInvariant() is "DEVELOPMENT" or "STAGING"
            ? null
            : EndpointResponse.Error(
                HttpStatusCode.Forbidden, $"seeding needs {EnvironmentSetting} to be Development or Staging");

    public async Task<EndpointResponse> HandleAsync(
        EndpointRequest request, QueryReader query, ReadOnlyMemory<byte> body, CancellationToken clientGone)
    {
        if (query.FindFault() is { } queryFault)
            return EndpointResponse.BadRequest(queryFault);
        using var json = StrictJson.ParseObject(body);
        if (json is null)
            return EndpointResponse.BadRequest(StrictJson.Expected);
        if (SeedBody.Read(json.RootElement, out var bodyFault) is not { } seed)
            return EndpointResponse.BadRequest(bodyFault!);
        if (!providers.Any(provider => provider.Key == seed.ProviderKey))
            return EndpointResponse.BadRequest(
                $"provider_key must be one of: {string.Join(", ", providers.Select(provider => provider.Key))}");
        if (await database.FindFaultAsync(clientGone) is { } away)
            return EndpointResponse.Unavailable(away);

        var result = await jobs.Seed(
            seed.SiteId, seed.ProviderKey, seed.Credentials, Actor, lifetime.ApplicationStopping);
        return result.Outcome switch
        {
            SeedOutcome.Seeded => EndpointResponse.Ok(
                new SeedAnswer(true, seed.SiteId, seed.ProviderKey), AnswerJson.Default.SeedAnswer),
            SeedOutcome.UnknownSite => EndpointResponse.Error(HttpStatusCode.NotFound, result.Fault ?? "unknown site"),
            _ => EndpointResponse.BadRequest(result.Fault ?? "the credentials are not valid"),
        };
    }
}
