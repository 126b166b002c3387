using Microsoft.AspNetCore.Http;
using OpsMantik.Local.GoogleEmulator.Behaviours;
using OpsMantik.Local.GoogleEmulator.Tokens;

namespace OpsMantik.Local.GoogleEmulator.DataManager;

/// <summary><c>POST /v1/events:ingest</c>.</summary>
internal sealed class IngestEndpoint(
    Func<Recording> recording, EmulatorSettings emulatorSettings, DataManagerSettings settings, AccessTokens tokens,
    BehaviourBook book, Misbehaviour misbehaviour, TimeProvider time)
{
    private const string Method = "google.ads.datamanager.v1.IngestionService.IngestEvents";

    public async Task HandleAsync(HttpContext context)
    {
        var body = await RequestBody.ReadAsync(context.Request, context.RequestAborted);
        var (request, unreadable) = StrictJson.Parse(
            body, DataManagerJson.Default.IngestRequest, request => request.HasNullItem);
        var token = tokens.Find(context.Request.Headers.Authorization);
        // One recording for the whole call: a reset in between starts a new one.
        var current = recording();
        var call = Describe(request, token.Grant?.Owner, emulatorSettings.KeepBodies ? body : default);
        current.Add(call);
        if (request is not null)
            NoteDeliveries(request, current);

        await misbehaviour.AnswerAsync(context, status => call.Status = status, book.Next(call.CustomerId),
            () => FindFault(token, request, unreadable, current) is { } fault
                ? FaultWriter.Write(fault, call.RequestId)
                : TakeIn(request!, call.RequestId, current),
            behaviour => FaultWriter.Write(
                BehaviourFaults.Of(behaviour, Method, write: true, token.Grant?.Project ?? "unknown"), call.RequestId));
    }

    private Fault? FindFault(
        (AccessGrant? Grant, TokenFault? Fault) token, IngestRequest? request, JsonFault? unreadable,
        Recording current) =>
        AccessFaults.Find(token, Method)
        ?? current.Quotas.Take(token.Grant!.Project, write: true, settings, time.GetUtcNow())
        ?? (unreadable is not null ? Fault.Unreadable(unreadable) : RequestChecks.Find(request!, settings));

    private Answer TakeIn(IngestRequest request, string requestId, Recording current)
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

    private static void NoteDeliveries(IngestRequest request, Recording current)
    {
        foreach (var destination in request.Destinations)
            if (destination.OperatingAccount?.AccountId is { } account)
                current.LedgerOf(account).NoteDeliveries(
                    request.Events.Where(e => e.GoesTo(destination)).Select(e => e.TransactionId));
    }

    private static IngestCall Describe(IngestRequest? request, string? owner, ReadOnlyMemory<byte> body)
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
