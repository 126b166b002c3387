using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;
using OpsMantik.Web;
using OpsMantik.Web.Endpoints;

namespace OpsMantik.Functions;

/// <summary>The HTTP functions. Each takes every method: the host would answer the others otherwise than the endpoint.</summary>
internal sealed class HttpFunctions(EndpointPipeline endpoints)
{
    [Function(FunctionNames.ProcessOfflineConversions)]
    public Task<IResult> ProcessOfflineConversions([HttpTrigger(AuthorizationLevel.Anonymous,
        "get", "head", "post", "put", "patch", "delete", "options", Route = Routes.ProcessOfflineConversions)]
        HttpRequest req) => endpoints.HandleAsync(FunctionNames.ProcessOfflineConversions, req.HttpContext);

    [Function(FunctionNames.RecoverProcessing)]
    public Task<IResult> RecoverProcessing([HttpTrigger(AuthorizationLevel.Anonymous,
        "get", "head", "post", "put", "patch", "delete", "options", Route = Routes.RecoverProcessing)]
        HttpRequest req) => endpoints.HandleAsync(FunctionNames.RecoverProcessing, req.HttpContext);

    [Function(FunctionNames.SeedCredentials)]
    public Task<IResult> SeedCredentials([HttpTrigger(AuthorizationLevel.Anonymous,
        "get", "head", "post", "put", "patch", "delete", "options", Route = Routes.SeedCredentials)]
        HttpRequest req) => endpoints.HandleAsync(FunctionNames.SeedCredentials, req.HttpContext);

    [Function(FunctionNames.ConfirmUploads)]
    public Task<IResult> ConfirmUploads([HttpTrigger(AuthorizationLevel.Anonymous,
        "get", "head", "post", "put", "patch", "delete", "options", Route = Routes.ConfirmUploads)]
        HttpRequest req) => endpoints.HandleAsync(FunctionNames.ConfirmUploads, req.HttpContext);

    [Function(FunctionNames.ReconcileUploads)]
    public Task<IResult> ReconcileUploads([HttpTrigger(AuthorizationLevel.Anonymous,
        "get", "head", "post", "put", "patch", "delete", "options", Route = Routes.ReconcileUploads)]
        HttpRequest req) => endpoints.HandleAsync(FunctionNames.ReconcileUploads, req.HttpContext);

    [Function(FunctionNames.Health)]
    public Task<IResult> Health([HttpTrigger(AuthorizationLevel.Anonymous,
        "get", "head", "post", "put", "patch", "delete", "options", Route = Routes.Health)]
        HttpRequest req) => endpoints.HandleAsync(FunctionNames.Health, req.HttpContext);

    [Function(FunctionNames.Status)]
    public Task<IResult> Status([HttpTrigger(AuthorizationLevel.Anonymous,
        "get", "head", "post", "put", "patch", "delete", "options", Route = Routes.Status)]
        HttpRequest req) => endpoints.HandleAsync(FunctionNames.Status, req.HttpContext);

    [Function(FunctionNames.Sale)]
    public Task<IResult> Sale([HttpTrigger(AuthorizationLevel.Anonymous,
        "get", "head", "post", "put", "patch", "delete", "options", Route = Routes.Sale)]
        HttpRequest req) => endpoints.HandleAsync(FunctionNames.Sale, req.HttpContext);
}
