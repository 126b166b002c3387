using Microsoft.AspNetCore.Http;

namespace OpsMantik.Local.GoogleEmulator.DataManager;

/// <summary><c>POST /v1/events:ingest</c>.</summary>
internal sealed class IngestEndpoint(
    Func<Recording> recording,
    EmulatorSettings settings,
    AccessTokens tokens,
    BehaviourRegistry behaviours,
    BehaviourExecutor executor,
    TimeProvider time)
{
    private const string Method = "google.ads.datamanager.v1.IngestionService.IngestEvents";

    public async Task HandleAsync(HttpContext context)
    {
        var body = await RequestBody.ReadAsync(context.Request, context.RequestAborted);
        var (request, unreadable) = StrictJson.Parse(
            body, DataManagerJson.Default.IngestRequest, request => request.HasNullItem);
        var token = tokens.Find(context.Request.Headers.Authorization);
        // One recording for the whole call: a reset during the call starts a new one.
        var current = recording();
        var call = CreateCall(request, token.Grant?.Owner, settings.KeepBodies ? body : default);
        current.Add(call);
        if (request is not null)
            AddDeliveries(request, current);

        await executor.AnswerAsync(
            context,
            status => call.Status = status,
            behaviours.Next(call.CustomerId),
            () => FindError(token, request, unreadable, current) is { } error
                ? ErrorWriter.Write(error, call.RequestId)
                : Accept(request!, call.RequestId, current),
            behaviour => ErrorWriter.Write(
                ErrorResponse.ForBehaviour(behaviour, Method, write: true, token.Grant?.Project ?? "unknown"),
                call.RequestId));
    }

    private ErrorResponse? FindError(
        (AccessGrant? Grant, TokenError? Error) token, IngestRequest? request, JsonError? unreadable,
        Recording current) =>
        ErrorResponse.ForToken(token, Method)
        ?? current.Quotas.Take(token.Grant!.Project, write: true, settings, time.GetUtcNow())
        ?? (unreadable is not null ? ErrorResponse.Unreadable(unreadable) : RequestChecks.Find(request!, settings, time.GetUtcNow()));

    private Answer Accept(IngestRequest request, string requestId, Recording current)
    {
        if (!request.ValidateOnly)
            current.Ingested.Add(new(requestId, time.GetUtcNow(), request));
        return Answer.Json(200, json =>
        {
            json.WriteStartObject();
            json.WriteString("requestId", requestId);
            json.WriteEndObject();
        });
    }

    private static void AddDeliveries(IngestRequest request, Recording current)
    {
        foreach (var destination in request.Destinations)
            if (destination.OperatingAccount?.AccountId is { } account)
                current.LedgerOf(account).AddDeliveries(
                    request.Events.Where(e => e.GoesTo(destination)).Select(e => e.TransactionId));
    }

    private static IngestCall CreateCall(IngestRequest? request, string? owner, ReadOnlyMemory<byte> body)
    {
        var destination = request?.Destinations is [var first, ..] ? first : null;
        return new()
        {
            RequestId = $"t-{Guid.NewGuid()}",
            CustomerId = destination?.OperatingAccount?.AccountId ?? "",
            LoginCustomerId = destination?.LoginAccount?.AccountId,
            ConversionActionId = destination?.ProductDestinationId,
            EventCount = request?.Events.Count ?? 0,
            ValidateOnly = request?.ValidateOnly is true,
            Owner = owner,
            BodyBytes = body,
        };
    }
}
