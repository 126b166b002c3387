using System.Text.Json.Serialization;
using Microsoft.AspNetCore.Http;

namespace OpsMantik.Local.GoogleEmulator.GoogleAds;

/// <summary><c>POST /{version}/customers/{customerId}:uploadClickConversions</c>.</summary>
internal sealed class UploadEndpoint(
    Func<Recording> recording, EmulatorSettings settings, AccessTokens tokens, BehaviourRegistry book, BehaviourExecutor misbehaviour)
{
    public async Task HandleAsync(HttpContext context)
    {
        var body = await RequestBody.ReadAsync(context.Request, context.RequestAborted);
        var (request, fault) = UploadRequestParser.Parse(body);
        var token = tokens.Find(context.Request.Headers.Authorization);
        // One recording for the whole call: a reset in between starts a new one.
        var current = recording();
        var call = Describe(context.Request, token.Grant?.Owner, request, settings.KeepBodies ? body : default);
        current.Add(call);
        if (request is not null)
            current.LedgerOf(call.CustomerId).NoteDeliveries(request.Conversions.Select(row => row.OrderId));

        context.Response.Headers["request-id"] = call.RequestId;
        await misbehaviour.AnswerAsync(context, status => call.Status = status, book.Next(call.CustomerId), () =>
            FindFault(call, BadToken(token.Fault), fault) is { } refused
                ? UploadAnswers.Refuse(refused, call)
                : new UploadProcessor(current).Process(request!, call),
            behaviour => UploadAnswers.Refuse(BehaviourAnswers.FaultOf(behaviour), call));
    }

    private static RequestFault? BadToken(TokenFault? fault) =>
        fault is { } reason ? RequestFault.Unauthenticated(reason) : null;

    private RequestFault? FindFault(UploadCall call, RequestFault? badToken, RequestFault? badJson)
    {
        if (!settings.SupportedVersions.Contains(call.ApiVersion))
            return RequestFault.InvalidArgument("UNSUPPORTED_VERSION");
        if ((badToken ?? badJson) is { } fault)
            return fault;
        if (!IsCustomerId(call.CustomerId))
            return RequestFault.InvalidArgument("INVALID_CUSTOMER_ID");
        if (call.LoginCustomerId is { } login && !IsCustomerId(login))
            return RequestFault.InvalidArgument("INVALID_LOGIN_CUSTOMER_ID");
        return null;
    }

    private static bool IsCustomerId(string text) => text.Length == 10 && text.All(char.IsAsciiDigit);

    private static UploadCall Describe(
        HttpRequest http, string? refreshToken, UploadRequest? request, ReadOnlyMemory<byte> body) => new()
        {
            RequestId = RequestIds.Next(),
            CustomerId = (string)http.RouteValues["customerId"]!,
            ApiVersion = (string)http.RouteValues["version"]!,
            LoginCustomerId = Header(http, "login-customer-id"),
            DeveloperToken = Header(http, "developer-token"),
            RefreshToken = refreshToken,
            ConversionCount = request?.Conversions.Count ?? 0,
            BodyBytes = body,
        };

    private static string? Header(HttpRequest http, string name) =>
        http.Headers.TryGetValue(name, out var values) ? values.ToString() : null;
}

/// <summary>Google's <c>UploadClickConversionsRequest</c> as its JSON says it.</summary>
internal sealed record UploadRequest
{
    // Left out or null, it is an empty list in proto3 JSON.
    public IReadOnlyList<ConversionRow> Conversions { get; init => field = value ?? []; } = [];

    public bool PartialFailure { get; init; }

    public bool ValidateOnly { get; init; }

    public int? JobId { get; init; }
}

// Google's parser refuses names it does not know, and takes numbers written as strings.
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
    NumberHandling = JsonNumberHandling.AllowReadingFromString)]
[JsonSerializable(typeof(UploadRequest))]
internal sealed partial class UploadRequestJson : JsonSerializerContext;

/// <summary>Reads a request as strictly as Google's JSON front end.</summary>
internal static class UploadRequestParser
{
    /// <summary>The request, or the fault to answer with.</summary>
    public static (UploadRequest? Request, RequestFault? Fault) Parse(ReadOnlySpan<byte> body)
    {
        var (request, fault) = StrictJson.Parse(
            body, UploadRequestJson.Default.UploadRequest, request => request.Conversions.Contains(null!));
        return (request, fault is null
            ? null
            : new(400, "INVALID_ARGUMENT", fault.Message) { BadField = fault.Field });
    }
}
