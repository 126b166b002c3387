using System.Collections.Frozen;
using System.Net;

namespace OpsMantik.Functions.Endpoints;

/// <summary>Takes a request through the checks that all endpoints share, and answers its faults.</summary>
internal sealed class EndpointDispatcher(
    IEnumerable<IEndpoint> endpoints,
    FunctionSwitches switches,
    CronGate cron,
    FaultAnswers faults)
{
    private readonly FrozenDictionary<string, IEndpoint> _byPath = endpoints
        .Where(endpoint => !switches.IsOff(endpoint.Function))
        .ToFrozenDictionary(endpoint => Routes.PathOf(endpoint.Route), StringComparer.OrdinalIgnoreCase);

    /// <exception cref="OperationCanceledException">The caller left before its request was read.</exception>
    public async Task<EndpointResponse> HandleAsync(EndpointRequest request, CancellationToken clientGone)
    {
        if (!_byPath.TryGetValue(request.Path, out var endpoint))
            return EndpointResponse.Error(HttpStatusCode.NotFound, "there is nothing at this path");
        if (endpoint.Closed is { } closed)
            return closed;
        if (request.Method != endpoint.Method)
            return EndpointResponse.MethodNotAllowed(endpoint.Method);
        if (endpoint.Refuse(request, cron) is { } refusal)
            return refusal;

        try
        {
            return await RequestBody.ReadAsync(request, clientGone) is { } body
                ? await RunAsync(endpoint, request, body, clientGone)
                : EndpointResponse.Error(
                    HttpStatusCode.RequestEntityTooLarge, $"the body must be at most {RequestBody.MaxLength} bytes");
        }
        catch (IOException) when (!clientGone.IsCancellationRequested)
        {
            return EndpointResponse.BadRequest("the body could not be read to its end");
        }
    }

    private async Task<EndpointResponse> RunAsync(
        IEndpoint endpoint, EndpointRequest request, ReadOnlyMemory<byte> body, CancellationToken clientGone)
    {
        try
        {
            return await endpoint.HandleAsync(request, new QueryReader(request.Query), body, clientGone);
        }
        catch (OperationCanceledException) when (clientGone.IsCancellationRequested)
        {
            throw;
        }
        catch (Exception exception)
        {
            // Logged even when the caller has left: the run goes on without it, and so must its faults.
            return faults.Explain(exception, endpoint.Function);
        }
    }
}
