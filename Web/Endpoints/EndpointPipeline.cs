using System.Collections.Frozen;

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
    private readonly FrozenDictionary<string, EndpointFilterDelegate> _byFunction = endpoints.ToFrozenDictionary(
        endpoint => endpoint.Function,
        endpoint => endpoint.Filters.Reverse().Append(faults).Aggregate<IEndpointFilter, EndpointFilterDelegate>(
            async call => await endpoint.HandleAsync(call.HttpContext),
            (next, filter) => call => filter.InvokeAsync(call, next)));

    /// <param name="function">One of <see cref="FunctionNames"/> that is called over HTTP.</param>
    public async Task<IResult> HandleAsync(string function, HttpContext context)
    {
        // Answers are of this moment; no cache may keep one.
        context.Response.Headers.CacheControl = "no-store";
        return (IResult)(await _byFunction[function](new FunctionCall(function, context)))!;
    }
}

/// <summary>A call of a function, as filters see it. It has no bound arguments: handlers read the request.</summary>
internal sealed class FunctionCall(string function, HttpContext context) : EndpointFilterInvocationContext
{
    public string Function { get; } = function;

    public override HttpContext HttpContext { get; } = context;

    public override IList<object?> Arguments { get; } = [];

    public override T GetArgument<T>(int index) => throw new NotSupportedException("A function's call has no arguments.");
}
