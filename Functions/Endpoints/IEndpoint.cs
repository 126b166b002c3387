namespace OpsMantik.Functions.Endpoints;

/// <summary>One HTTP function. Who may call it, by which method and with how large a body is settled before.</summary>
internal interface IEndpoint
{
    /// <summary>One of <see cref="FunctionNames"/>.</summary>
    string Function { get; }

    /// <summary>One of <see cref="Routes"/>.</summary>
    string Route { get; }

    /// <summary>The one method it takes.</summary>
    string Method { get; }

    /// <summary>Answer that keeps everyone out, whatever they send; null lets requests through.</summary>
    EndpointResponse? Closed => null;

    /// <summary>Answer for who may not call it; null lets the request in. A POST needs the cron secret.</summary>
    EndpointResponse? Refuse(EndpointRequest request, CronGate cron) =>
        Method == HttpMethod.Post.Method && !cron.Admits(request.Authorization) ? EndpointResponse.Forbidden() : null;

    /// <param name="request">For its headers; its body has been read.</param>
    /// <param name="query">Read every parameter the endpoint knows, then ask for the fault.</param>
    /// <param name="clientGone">
    /// Cancelled when the caller left. A run it started goes on: half of one helps nobody.
    /// </param>
    Task<EndpointResponse> HandleAsync(
        EndpointRequest request, QueryReader query, ReadOnlyMemory<byte> body, CancellationToken clientGone);
}
