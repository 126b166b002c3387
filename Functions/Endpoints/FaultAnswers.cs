using System.Net;
using OpsMantik.Core.Database;

namespace OpsMantik.Functions.Endpoints;

/// <summary>Turns what a function threw into an answer. Its caller learns whether to come again, the log why.</summary>
internal sealed class FaultAnswers(IHostApplicationLifetime lifetime, ILogger<FaultAnswers> logger)
{
    public static readonly EndpointResponse Stopping = EndpointResponse.Unavailable("the app is stopping");

    public EndpointResponse Explain(Exception exception, string function)
    {
        if (exception is OperationCanceledException && lifetime.ApplicationStopping.IsCancellationRequested)
            return Stopping;
        if (DatabaseErrors.IsUnavailable(exception))
        {
            logger.RequestWithoutDatabase(function, exception.Message);
            return EndpointResponse.Unavailable("the database cannot be reached");
        }

        var correlationId = Guid.NewGuid().ToString("N");
        logger.RequestFailed(exception, function, correlationId);
        return EndpointResponse.Error(HttpStatusCode.InternalServerError, "internal error", correlationId);
    }
}
