using Microsoft.AspNetCore.Http;

namespace OpsMantik.Local.GoogleEmulator.GoogleAds;

/// <summary>
/// <c>POST /{version}/customers/{customerId}:uploadClickConversions</c> and <c>:uploadConversionAdjustments</c>, which differ in their rows
/// only.
/// </summary>
internal sealed class UploadEndpoint(
    Func<Recording> recording, EmulatorSettings settings, AccessTokens tokens, BehaviourExecutor executor)
{
    /// <param name="context">The call.</param>
    /// <param name="behaviours">How calls of the method are answered.</param>
    /// <param name="read">Reads the method's rows from a body.</param>
    public async Task HandleAsync(
        HttpContext context, BehaviourRegistry behaviours, Func<ReadOnlyMemory<byte>, ReceivedRows> read)
    {
        ReadOnlyMemory<byte> body = await RequestBody.ReadAsync(context.Request, context.RequestAborted);
        var rows = read(body);
        var token = tokens.Find(context.Request.Headers.Authorization);
        // One recording for the whole call: a reset during the call starts a new one.
        var current = recording();
        var call = CreateCall(context.Request, token.Grant?.Owner, rows, settings.KeepBodies ? body : default);
        rows.Record(current, call);

        context.Response.Headers["request-id"] = call.RequestId;
        await executor.AnswerAsync(
            context,
            status => call.Status = status,
            behaviours.Next(call.CustomerId),
            () => FindError(call, token, rows.Invalid) is { } error
                ? ErrorWriter.Write(error, call.ApiVersion, call.RequestId)
                : rows.Process(current, call),
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
        HttpRequest http, string? refreshToken, ReceivedRows rows, ReadOnlyMemory<byte> body) => new()
        {
            RequestId = RequestIds.Create(),
            CustomerId = (string)http.RouteValues["customerId"]!,
            ApiVersion = (string)http.RouteValues["version"]!,
            LoginCustomerId = Header(http, "login-customer-id"),
            DeveloperToken = Header(http, "developer-token"),
            RefreshToken = refreshToken,
            ConversionCount = rows.Count,
            JobId = rows.JobId,
            BodyBytes = body,
        };

    private static string? Header(HttpRequest http, string name) =>
        http.Headers.TryGetValue(name, out var values) ? values.ToString() : null;
}

/// <summary>The rows of one call, and what becomes of them.</summary>
/// <param name="Count">0 when the body could not be read.</param>
/// <param name="Invalid">Why it could not; null when it could.</param>
/// <param name="Record">Lists the call.</param>
/// <param name="Process">Decides on the rows of a body that could be read.</param>
internal sealed record ReceivedRows(
    int Count, int? JobId, ErrorResponse? Invalid, Action<Recording, UploadCall> Record, Func<Recording, UploadCall, Answer> Process)
{
    public static ReceivedRows OfUpload(ReadOnlySpan<byte> body, TimeProvider time)
    {
        var (request, invalid) = UploadRequest.Parse(body);
        return new(
            request?.Conversions.Count ?? 0,
            request?.JobId,
            invalid,
            (recording, call) =>
            {
                recording.Add(call);
                if (request is not null)
                    recording.LedgerOf(call.CustomerId).AddDeliveries(request.Conversions.Select(row => row.OrderId));
            },
            (recording, call) => new UploadProcessor(recording, time.GetUtcNow()).Process(request!, call));
    }

    public static ReceivedRows OfAdjustment(ReadOnlySpan<byte> body, TimeProvider time)
    {
        var (request, invalid) = AdjustmentRequest.Parse(body);
        return new(
            request?.ConversionAdjustments.Count ?? 0,
            request?.JobId,
            invalid,
            (recording, call) => recording.AddAdjustment(call),
            (recording, call) => new AdjustmentProcessor(recording, time.GetUtcNow()).Process(request!, call));
    }
}
