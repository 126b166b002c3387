using System.Diagnostics.Metrics;
using Microsoft.Extensions.Primitives;
using OpsMantik.Core.Metrics;

namespace OpsMantik.Web.Endpoints;

/// <summary>Lets in who bears a cron secret. The status secret opens nothing here.</summary>
internal sealed class CronSecretFilter(AccessSecrets secrets, RefusedCalls refused) : IEndpointFilter
{
    public async ValueTask<object?> InvokeAsync(EndpointFilterInvocationContext context, EndpointFilterDelegate next)
    {
        var authorization = context.HttpContext.Request.Headers.Authorization;
        if (AccessSecret.BearerOf(authorization) is { } presented && secrets.Cron.Knows(presented))
            return await next(context);
        refused.Count(((FunctionCall)context).Route, authorization, secrets.Cron.Fault is null);
        return Answer.Forbidden();
    }
}

/// <summary>Counts calls that were refused for their secret: who guesses one is seen by an alert. Not those of a wrong method.</summary>
internal sealed class RefusedCalls(IMeterFactory meters)
{
    // The factory hands out one meter of a name: this is the worker's own.
    private readonly Counter<long> _calls = meters.Create(TelemetrySource.Name).CreateCounter<long>(
        "opsmantik.http.refused", "{call}", "HTTP calls refused for their secret: route, reason.");

    /// <param name="route">One of <see cref="Routes"/>.</param>
    /// <param name="authorization">The header, of which only its absence is told.</param>
    /// <param name="configured">False where no secret could have opened the route.</param>
    public void Count(string route, StringValues authorization, bool configured) => _calls.Add(
        1,
        new("route", route),
        new("reason", !configured ? "not_configured" : StringValues.IsNullOrEmpty(authorization) ? "no_secret" : "wrong_secret"));
}
