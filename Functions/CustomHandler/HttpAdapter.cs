using System.Net.Mime;
using Microsoft.Net.Http.Headers;
using OpsMantik.Functions.Endpoints;

namespace OpsMantik.Functions.CustomHandler;

/// <summary>Carries requests of ASP.NET Core to the endpoints, and their answers back.</summary>
internal static class HttpAdapter
{
    public static async Task HandleAsync(HttpContext context)
    {
        try
        {
            var dispatcher = context.RequestServices.GetRequiredService<EndpointDispatcher>();
            await WriteAsync(context, await dispatcher.HandleAsync(Read(context.Request), context.RequestAborted));
        }
        catch (Exception) when (context.RequestAborted.IsCancellationRequested)
        {
            // Nobody is there to be answered.
        }
    }

    private static EndpointRequest Read(HttpRequest request) => new(
        request.Method,
        request.Path.Value ?? "/",
        request.Query.ToDictionary(
            parameter => parameter.Key,
            parameter => parameter.Value.Select(value => value ?? "").ToArray(),
            StringComparer.OrdinalIgnoreCase),
        request.Headers.Authorization is [var single] ? single : null,
        request.Body,
        request.ContentLength);

    private static async Task WriteAsync(HttpContext context, EndpointResponse answer)
    {
        var response = context.Response;
        response.StatusCode = (int)answer.Status;
        response.ContentType = MediaTypeNames.Application.Json;
        response.ContentLength = answer.Body.Length;
        response.Headers[HeaderNames.CacheControl] = "no-store";
        if (answer.Allow is { } allow)
            response.Headers.Allow = allow;
        await response.Body.WriteAsync(answer.Body, context.RequestAborted);
    }
}
