using System.Text;
using System.Text.Json.Serialization;
using Microsoft.AspNetCore.Http;

namespace OpsMantik.Local.GoogleEmulator.DataManager;

/// <summary><c>POST /v1/events:ingest</c>.</summary>
internal sealed class IngestEndpoint(
    Func<Recording> recording, EmulatorSettings emulatorSettings, DataManagerSettings settings, AccessTokens tokens,
    BehaviourRegistry book, BehaviourExecutor misbehaviour, TimeProvider time)
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
        AccessErrors.Find(token, Method)
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

/// <summary>
/// One call of <c>events:ingest</c>, listed as soon as its body was read. The owner is for tests in this process; HTTP
/// and logs never show it.
/// </summary>
public sealed class IngestCall
{
    /// <summary>As answered; the status of a refused or only validated request cannot be retrieved.</summary>
    public required string RequestId { get; init; }

    /// <summary>Operating account of the first destination; empty when there is none.</summary>
    public required string CustomerId { get; init; }

    /// <summary>Login account of the first destination; null when it names none.</summary>
    public required string? LoginCustomerId { get; init; }

    /// <summary><c>productDestinationId</c> of the first destination.</summary>
    public required string? ConversionActionId { get; init; }

    /// <summary>Events in the request; 0 when its body could not be read.</summary>
    public required int EventCount { get; init; }

    public required bool ValidateOnly { get; init; }

    /// <summary>
    /// The refresh token, in the clear, or the service account's address that the access token was issued for; null for
    /// a token never issued.
    /// </summary>
    [JsonIgnore]
    public string? Owner { get; init; }

    /// <summary>Tells owners apart without showing them.</summary>
    public string? OwnerFingerprint => Fingerprint.Of(Owner);

    /// <summary>HTTP status answered; null while the answer is under way, and for good when none was given.</summary>
    public int? Status { get; internal set; }

    /// <summary>The request as sent; empty when the emulator does not keep bodies.</summary>
    public string Body => Encoding.UTF8.GetString(BodyBytes.Span);

    [JsonIgnore]
    internal ReadOnlyMemory<byte> BodyBytes { get; init; }

    public override string ToString() => "[redacted]";
}
