using System.Collections.Frozen;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Net.Http.Headers;

namespace OpsMantik.Web.Endpoints;

/// <summary>One HTTP function. Filters stand before it, so it sees only requests that it should answer.</summary>
internal interface IEndpoint
{
    /// <summary>One of <see cref="FunctionNames"/>.</summary>
    string Function { get; }

    /// <summary>One of <see cref="Routes"/>.</summary>
    string Route { get; }

    /// <summary>Who may call it, by which method and with how large a body; the outermost first.</summary>
    IReadOnlyList<IEndpointFilter> Filters { get; }

    /// <summary>Answers the request. What it throws becomes an answer too: <see cref="FaultFilter"/>.</summary>
    Task<IResult> HandleAsync(HttpContext context);
}

/// <summary>Every endpoint behind its filters: what a host calls, whichever host it is.</summary>
internal sealed class EndpointPipeline(IEnumerable<IEndpoint> endpoints, FaultFilter faults)
{
    private readonly FrozenDictionary<string, (string Route, EndpointFilterDelegate Handle)> _byFunction = endpoints.ToFrozenDictionary(
        endpoint => endpoint.Function,
        endpoint => (endpoint.Route, endpoint.Filters.Reverse().Append(faults).Aggregate<IEndpointFilter, EndpointFilterDelegate>(
            async call => await endpoint.HandleAsync(call.HttpContext),
            (next, filter) => call => filter.InvokeAsync(call, next))));

    /// <param name="function">One of <see cref="FunctionNames"/> that is called over HTTP.</param>
    public async Task<IResult> HandleAsync(string function, HttpContext context)
    {
        var (route, handle) = _byFunction[function];
        return (IResult)(await handle(new FunctionCall(function, route, context)))!;
    }
}

/// <summary>A call of a function, as filters see it. It has no bound arguments: handlers read the request.</summary>
internal sealed class FunctionCall(string function, string route, HttpContext context) : EndpointFilterInvocationContext
{
    public string Function { get; } = function;

    /// <summary>One of <see cref="Routes"/>.</summary>
    public string Route { get; } = route;

    public override HttpContext HttpContext { get; } = context;

    public override IList<object?> Arguments { get; } = [];

    public override T GetArgument<T>(int index) => throw new NotSupportedException("A function's call has no arguments.");
}

/// <summary>
/// What every answer carries, also one that no endpoint gave: it is of this moment, is what it says it is, and tells nobody where
/// a reader came from. The outermost of the web server's pipeline, whichever host it has; what the Functions host answers by
/// itself has the same from host.json.
/// </summary>
internal sealed class AnswerHeaders(ILogger<AnswerHeaders> logger) : IStartupFilter
{
    public static readonly IReadOnlyList<(string Name, string Value)> All =
    [
        (HeaderNames.CacheControl, "no-store"),
        (HeaderNames.XContentTypeOptions, "nosniff"),
        ("Referrer-Policy", "no-referrer"),
        // The page has one of its own.
        (HeaderNames.ContentSecurityPolicy, "default-src 'none'; frame-ancestors 'none'"),
    ];

    // Where TLS ends with us; elsewhere it is the business of who ends it. No subdomains: they are not ours.
    private const string OneYear = "max-age=31536000";

    public Action<IApplicationBuilder> Configure(Action<IApplicationBuilder> next) => app =>
    {
        app.Use(AnswerAsync);
        next(app);
    };

    private async Task AnswerAsync(HttpContext context, RequestDelegate next)
    {
        Set(context);
        try
        {
            await next(context);
        }
        catch (Exception exception) when (!context.Response.HasStarted && !context.RequestAborted.IsCancellationRequested)
        {
            // The server's own answer to it would lack the headers.
            context.Response.Clear();
            Set(context);
            await Explain(exception).ExecuteAsync(context);
        }
    }

    private static void Set(HttpContext context)
    {
        foreach (var (name, value) in All)
            context.Response.Headers[name] = value;
        if (context.Request.IsHttps)
            context.Response.Headers.StrictTransportSecurity = OneYear;
    }

    private IResult Explain(Exception exception)
    {
        if (exception is BadHttpRequestException malformed)
            return Answer.Error(malformed.StatusCode, "the request is malformed");
        var correlationId = Guid.NewGuid().ToString("N");
        logger.RequestFailed(exception, "-", correlationId);
        return Answer.Error(StatusCodes.Status500InternalServerError, "internal error", correlationId);
    }
}
