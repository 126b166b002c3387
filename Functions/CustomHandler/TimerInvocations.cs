using System.Net;
using OpsMantik.Functions.Endpoints;
using OpsMantik.Functions.Timers;

namespace OpsMantik.Functions.CustomHandler;

/// <summary>Runs a timer when the Functions host calls it: <c>POST /&lt;Function&gt;</c>.</summary>
internal sealed class TimerInvocations(TimerRunner runner)
{
    /// <summary>For the host, which gets <c>/</c> until the app listens.</summary>
    public static readonly EndpointResponse Ready = new(HttpStatusCode.OK, "{}"u8.ToArray());

    private static readonly EndpointResponse Done = new(
        HttpStatusCode.OK, """{"Outputs":{},"Logs":[],"ReturnValue":null}"""u8.ToArray());

    // What Azure's front ends add to requests from outside, which the host passes on; its own calls have none of them.
    private static readonly string[] MarksOfOutside = ["X-Forwarded-", "X-Original-", "X-ARR-", "Forwarded"];

    /// <summary>
    /// The timer that the host calls. The host sends requests from outside to their own path, always below the route
    /// prefix; the marks are a second lock.
    /// </summary>
    public TimerJob? Find(HttpRequest request) =>
        request.Path.Value is ['/', .. var function] && !request.Headers.Keys.Any(IsMark) ? runner.Find(function) : null;

    public async Task<EndpointResponse> HandleAsync(
        TimerJob timer, EndpointRequest request, CancellationToken clientGone)
    {
        if (request.Method != HttpMethod.Post.Method)
            return EndpointResponse.MethodNotAllowed(HttpMethod.Post.Method);
        if (!await IsInvocationAsync(request, clientGone))
            return EndpointResponse.BadRequest("the body must be a timer's invocation, {\"Data\":{\"timer\":{}}}");
        return await runner.RunAsync(timer, clientGone) ?? Done;
    }

    private static async Task<bool> IsInvocationAsync(EndpointRequest request, CancellationToken clientGone)
    {
        try
        {
            return await RequestBody.ReadAsync(request, clientGone) is { } body && TimerPayload.IsWellFormed(body);
        }
        catch (IOException) when (!clientGone.IsCancellationRequested)
        {
            return false;
        }
    }

    private static bool IsMark(string header) =>
        MarksOfOutside.Any(mark => header.StartsWith(mark, StringComparison.OrdinalIgnoreCase));
}
