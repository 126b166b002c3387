using Microsoft.AspNetCore.WebUtilities;
using Microsoft.Azure.Functions.Worker;
using Microsoft.Azure.Functions.Worker.Http;
using OpsMantik.Functions.Endpoints;

namespace OpsMantik.Functions.IsolatedWorker;

/// <summary>The HTTP functions. Each takes every method: the host would answer the others otherwise than the endpoint.</summary>
internal sealed class HttpFunctions(EndpointDispatcher dispatcher)
{
    [Function(FunctionNames.ProcessOfflineConversions)]
    public Task<HttpResponseData> ProcessOfflineConversions([HttpTrigger(AuthorizationLevel.Anonymous,
        "get", "head", "post", "put", "patch", "delete", "options", Route = Routes.ProcessOfflineConversions)]
        HttpRequestData req) => AnswerAsync(req);

    [Function(FunctionNames.RecoverProcessing)]
    public Task<HttpResponseData> RecoverProcessing([HttpTrigger(AuthorizationLevel.Anonymous,
        "get", "head", "post", "put", "patch", "delete", "options", Route = Routes.RecoverProcessing)]
        HttpRequestData req) => AnswerAsync(req);

    [Function(FunctionNames.SeedCredentials)]
    public Task<HttpResponseData> SeedCredentials([HttpTrigger(AuthorizationLevel.Anonymous,
        "get", "head", "post", "put", "patch", "delete", "options", Route = Routes.SeedCredentials)]
        HttpRequestData req) => AnswerAsync(req);

    [Function(FunctionNames.ConfirmUploads)]
    public Task<HttpResponseData> ConfirmUploads([HttpTrigger(AuthorizationLevel.Anonymous,
        "get", "head", "post", "put", "patch", "delete", "options", Route = Routes.ConfirmUploads)]
        HttpRequestData req) => AnswerAsync(req);

    [Function(FunctionNames.Health)]
    public Task<HttpResponseData> Health([HttpTrigger(AuthorizationLevel.Anonymous,
        "get", "head", "post", "put", "patch", "delete", "options", Route = Routes.Health)]
        HttpRequestData req) => AnswerAsync(req);

    [Function(FunctionNames.Status)]
    public Task<HttpResponseData> Status([HttpTrigger(AuthorizationLevel.Anonymous,
        "get", "head", "post", "put", "patch", "delete", "options", Route = Routes.Status)]
        HttpRequestData req) => AnswerAsync(req);

    private async Task<HttpResponseData> AnswerAsync(HttpRequestData request)
    {
        var answer = await dispatcher.HandleAsync(Read(request), request.FunctionContext.CancellationToken);
        var response = request.CreateResponse();
        response.StatusCode = answer.Status;
        foreach (var (name, value) in answer.Headers)
            response.Headers.Add(name, value);
        await response.Body.WriteAsync(answer.Body);
        return response;
    }

    // Not the worker's own Query: it files a parameter without a value under no name.
    private static EndpointRequest Read(HttpRequestData request) => new(
        request.Method,
        PathString.FromUriComponent(request.Url).Value ?? "/",
        EndpointRequest.ReadQuery(QueryHelpers.ParseQuery(request.Url.Query)),
        name => request.Headers.NonValidated.TryGetValues(name, out var values) && values.Count == 1 ? values.ToString() : null,
        request.Body,
        request.Body.Length);
}
