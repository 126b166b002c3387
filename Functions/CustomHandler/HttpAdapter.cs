using OpsMantik.Functions.Endpoints;

namespace OpsMantik.Functions.CustomHandler;

/// <summary>Carries requests of ASP.NET Core to the endpoints, and their answers back.</summary>
internal static class HttpAdapter
{
    public static async Task HandleAsync(HttpContext context)
    {
        try
        {
            await WriteAsync(context, await AnswerAsync(context, Read(context.Request)));
        }
        catch (Exception) when (context.RequestAborted.IsCancellationRequested)
        {
            // Nobody is there to be answered.
        }
    }

    private static Task<EndpointResponse> AnswerAsync(HttpContext context, EndpointRequest request)
    {
        // There only under the Functions host: elsewhere a timer's path leads nowhere.
        var invocations = context.RequestServices.GetService<TimerInvocations>();
        if (invocations?.Find(context.Request) is { } timer)
            return invocations.HandleAsync(timer, request, context.RequestAborted);

        if (invocations is not null && request is { Path: "/", Method: "GET" or "HEAD" })
            return Task.FromResult(TimerInvocations.Ready);

        var dispatcher = context.RequestServices.GetRequiredService<EndpointDispatcher>();
        return dispatcher.HandleAsync(request, context.RequestAborted);
    }

    private static EndpointRequest Read(HttpRequest request) => new(
        request.Method,
        request.Path.Value ?? "/",
        EndpointRequest.ReadQuery(request.Query),
        name => request.Headers[name] is [var single] ? single : null,
        request.Body,
        request.ContentLength);

    private static async Task WriteAsync(HttpContext context, EndpointResponse answer)
    {
        var response = context.Response;
        response.StatusCode = (int)answer.Status;
        foreach (var (name, value) in answer.Headers)
            response.Headers[name] = value;
        await response.Body.WriteAsync(answer.Body, context.RequestAborted);
    }
}
