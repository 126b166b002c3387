using OpsMantik.Core.Database;

namespace OpsMantik.Web.Endpoints;

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
            // Nobody is there to be answered.
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
            return Answer.Unavailable(DatabaseGate.Away);
        }

        var correlationId = Guid.NewGuid().ToString("N");
        logger.RequestFailed(exception, function, correlationId);
        return Answer.Error(StatusCodes.Status500InternalServerError, "internal error", correlationId);
    }
}
