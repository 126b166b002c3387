using OpsMantik.Core.Database;

namespace OpsMantik.Web.Endpoints;

/// <summary>Lets one method through. The hosts pass on every method, so that all of them answer alike.</summary>
internal sealed class MethodFilter(string method) : IEndpointFilter
{
    public static readonly MethodFilter Get = new(HttpMethods.Get);
    public static readonly MethodFilter Post = new(HttpMethods.Post);

    public ValueTask<object?> InvokeAsync(EndpointFilterInvocationContext context, EndpointFilterDelegate next)
    {
        if (context.HttpContext.Request.Method == method)
            return next(context);
        context.HttpContext.Response.Headers.Allow = method;
        return ValueTask.FromResult<object?>(
            Answer.Error(StatusCodes.Status405MethodNotAllowed, $"the method must be {method}"));
    }
}

/// <summary>Takes in the request's body and never more of it than is allowed. Handlers find it in memory.</summary>
internal sealed class BodyFilter : IEndpointFilter
{
    /// <summary>In bytes.</summary>
    public const int MaxLength = 64 * 1024;

    public static readonly BodyFilter Instance = new();

    public async ValueTask<object?> InvokeAsync(EndpointFilterInvocationContext context, EndpointFilterDelegate next)
    {
        var http = context.HttpContext;
        try
        {
            if (await ReadAsync(http) is not { } body)
                return Answer.Error(
                    StatusCodes.Status413PayloadTooLarge, $"the body must be at most {MaxLength} bytes");
            http.Request.Body = body;
        }
        catch (IOException)
        {
            return http.RequestAborted.IsCancellationRequested
                ? TypedResults.Empty
                : Answer.BadRequest("the body could not be read to its end");
        }

        return await next(context);
    }

    /// <summary>The body behind this filter.</summary>
    public static ReadOnlyMemory<byte> BodyOf(HttpContext http)
    {
        var body = (MemoryStream)http.Request.Body;
        return body.GetBuffer().AsMemory(0, (int)body.Length);
    }

    // The announced length, not the stream's: the server's stream has none.
    private static async Task<MemoryStream?> ReadAsync(HttpContext http)
    {
        var announced = http.Request.ContentLength;
        if (announced is > MaxLength)
            return null;
        if (announced is 0)
            return new MemoryStream();

        var buffer = new byte[(announced ?? MaxLength) + 1];
        var length = await http.Request.Body.ReadAtLeastAsync(
            buffer, buffer.Length, throwOnEndOfStream: false, http.RequestAborted);
        return length > MaxLength ? null : new MemoryStream(buffer, 0, length, writable: false, publiclyVisible: true);
    }
}

/// <summary>Turns what a function threw into an answer. Its caller learns whether to come again, the log why.</summary>
internal sealed class FaultFilter(IHostApplicationLifetime lifetime, ILogger<FaultFilter> logger) : IEndpointFilter
{
    public async ValueTask<object?> InvokeAsync(EndpointFilterInvocationContext context, EndpointFilterDelegate next)
    {
        try
        {
            return await next(context);
        }
        catch (OperationCanceledException) when (context.HttpContext.RequestAborted.IsCancellationRequested)
        {
            // The caller has gone.
            return TypedResults.Empty;
        }
        catch (Exception exception)
        {
            // Logged even when the caller has left: the run goes on without it, and so must its faults.
            return Explain(exception, ((FunctionCall)context).Function);
        }
    }

    private IResult Explain(Exception exception, string function)
    {
        if (exception is OperationCanceledException && lifetime.ApplicationStopping.IsCancellationRequested)
            return Answer.Unavailable("the app is stopping");
        if (DatabaseErrors.IsUnavailable(exception))
        {
            logger.RequestWithoutDatabase(function, exception.Message);
            return Answer.Unavailable(DatabaseReadiness.Away);
        }

        var correlationId = Guid.NewGuid().ToString("N");
        logger.RequestFailed(exception, function, correlationId);
        return Answer.Error(StatusCodes.Status500InternalServerError, "internal error", correlationId);
    }
}
