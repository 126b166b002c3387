using Microsoft.AspNetCore.Http;

namespace OpsMantik.Local.GoogleEmulator.GoogleAds;

/// <summary><c>POST /{version}/customers/{customerId}:uploadClickConversions</c>.</summary>
internal sealed class UploadEndpoint(
    Func<Recording> recording,
    EmulatorSettings settings,
    AccessTokens tokens,
    BehaviourRegistry behaviours,
    BehaviourExecutor executor,
    TimeProvider time)
{
    public async Task HandleAsync(HttpContext context)
    {
        var body = await RequestBody.ReadAsync(context.Request, context.RequestAborted);
        var (request, invalid) = UploadRequest.Parse(body);
        var token = tokens.Find(context.Request.Headers.Authorization);
        // One recording for the whole call: a reset during the call starts a new one.
        var current = recording();
        var call = CreateCall(context.Request, token.Grant?.Owner, request, settings.KeepBodies ? body : default);
        current.Add(call);
        if (request is not null)
            current.LedgerOf(call.CustomerId).AddDeliveries(request.Conversions.Select(row => row.OrderId));

        context.Response.Headers["request-id"] = call.RequestId;
        await executor.AnswerAsync(
            context,
            status => call.Status = status,
            behaviours.Next(call.CustomerId),
            () => FindError(call, token, invalid) is { } error
                ? ErrorWriter.Write(error, call.ApiVersion, call.RequestId)
                : new UploadProcessor(current, time.GetUtcNow()).Process(request!, call),
            behaviour => ErrorWriter.Write(ErrorResponse.ForBehaviour(behaviour), call.ApiVersion, call.RequestId));
    }

    private ErrorResponse? FindError(UploadCall call, (AccessGrant?, TokenError?) token, ErrorResponse? invalid)
    {
        if (!settings.SupportedVersions.Contains(call.ApiVersion))
            return ErrorResponse.InvalidArgument("UNSUPPORTED_VERSION");
        if (ErrorResponse.ForToken(token) is { } error)
            return error;
        if (invalid is not null)
            return invalid;
        if (!IsCustomerId(call.CustomerId))
            return ErrorResponse.InvalidArgument("INVALID_CUSTOMER_ID");
        if (call.LoginCustomerId is { } login && !IsCustomerId(login))
            return ErrorResponse.InvalidArgument("INVALID_LOGIN_CUSTOMER_ID");
        return null;
    }

    private static bool IsCustomerId(string text) => text.Length == 10 && text.All(char.IsAsciiDigit);

    private static UploadCall CreateCall(
        HttpRequest http, string? refreshToken, UploadRequest? request, ReadOnlyMemory<byte> body) => new()
        {
            RequestId = RequestIds.Create(),
            CustomerId = (string)http.RouteValues["customerId"]!,
            ApiVersion = (string)http.RouteValues["version"]!,
            LoginCustomerId = Header(http, "login-customer-id"),
            DeveloperToken = Header(http, "developer-token"),
            RefreshToken = refreshToken,
            ConversionCount = request?.Conversions.Count ?? 0,
            JobId = request?.JobId,
            BodyBytes = body,
        };

    private static string? Header(HttpRequest http, string name) =>
        http.Headers.TryGetValue(name, out var values) ? values.ToString() : null;
}
