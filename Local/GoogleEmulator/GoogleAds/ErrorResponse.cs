using System.Buffers.Text;
using System.Globalization;
using System.Security.Cryptography;
using System.Text.Json;

namespace OpsMantik.Local.GoogleEmulator.GoogleAds;

/// <summary>A whole request refused: Google's <c>{"error": …}</c>.</summary>
/// <param name="HttpStatus">Status line.</param>
/// <param name="Status">Canonical name, such as <c>INVALID_ARGUMENT</c>.</param>
/// <param name="Message">Google's words for the whole request.</param>
/// <param name="Errors">The errors of its GoogleAdsFailure; none where the Ads API itself was not reached.</param>
internal sealed record ErrorResponse(int HttpStatus, string Status, string Message, params IReadOnlyList<GoogleAdsError> Errors)
{
    /// <summary>The field that Google's JSON front end refused; null when another part refused the request.</summary>
    public string? BadField { get; init; }

    /// <summary>Reason of an ErrorInfo, from the parts before the Ads API itself; null where there is none.</summary>
    public string? Reason { get; init; }

    public static ErrorResponse Malformed(JsonError error) =>
        new(400, "INVALID_ARGUMENT", error.Message) { BadField = error.Field };

    /// <summary>Null for a token that the Ads API takes.</summary>
    public static ErrorResponse? ForToken((AccessGrant? Grant, TokenError? Error) token) =>
        token.Error is { } error ? Unauthenticated(error)
        : token.Grant!.Allows(Scopes.Ads) ? null
        : new(403, "PERMISSION_DENIED", "Request had insufficient authentication scopes.")
        {
            Reason = "ACCESS_TOKEN_SCOPE_INSUFFICIENT",
        };

    public static ErrorResponse InvalidArgument(params IReadOnlyList<GoogleAdsError> errors) =>
        new(400, "INVALID_ARGUMENT", "Request contains an invalid argument.", errors);

    public static ErrorResponse InvalidArgument(string code) =>
        InvalidArgument(new GoogleAdsError(ErrorCatalog.Find(code)));

    public static ErrorResponse Unauthenticated(string code) => new(401, "UNAUTHENTICATED",
        "Request had invalid authentication credentials. Expected OAuth 2 access token, login cookie or other valid "
        + "authentication credential. See https://developers.google.com/identity/sign-in/web/devconsole-project.",
        new GoogleAdsError(ErrorCatalog.Find(code)));

    public static ErrorResponse Unauthenticated(TokenError error) => error switch
    {
        TokenError.Missing => Unauthenticated("AUTHENTICATION_ERROR") with
        {
            Message = "Request is missing required authentication credential. Expected OAuth 2 access token, login "
                + "cookie or other valid authentication credential. See "
                + "https://developers.google.com/identity/sign-in/web/devconsole-project.",
        },
        TokenError.Expired => Unauthenticated("OAUTH_TOKEN_EXPIRED"),
        _ => Unauthenticated("OAUTH_TOKEN_INVALID"),
    };

    public static ErrorResponse PermissionDenied(string code) =>
        new(403, "PERMISSION_DENIED", "The caller does not have permission", new GoogleAdsError(ErrorCatalog.Find(code)));

    public static ErrorResponse Exhausted(string code, QuotaDetails quota)
    {
        var kind = ErrorCatalog.Find(code);
        var message = $"{kind.Message} Retry in {(long)quota.RetryDelay.TotalSeconds} seconds.";
        return new(429, "RESOURCE_EXHAUSTED", "Resource has been exhausted (e.g. check quota).",
            new GoogleAdsError(kind with { Message = message }) { Quota = quota });
    }

    /// <summary>The error of a behaviour that refuses a call without looking at its rows.</summary>
    public static ErrorResponse ForBehaviour(CallBehaviour behaviour) => behaviour.Kind switch
    {
        BehaviourKind.QuotaTemporary =>
            Exhausted("RESOURCE_TEMPORARILY_EXHAUSTED", QuotaDetails.Temporary(behaviour.Delay)),
        BehaviourKind.QuotaDaily => Exhausted("RESOURCE_EXHAUSTED", QuotaDetails.Daily(behaviour.Delay)),
        BehaviourKind.Unauthorized => Unauthenticated("OAUTH_TOKEN_INVALID"),
        BehaviourKind.Forbidden => PermissionDenied("USER_PERMISSION_DENIED"),
        BehaviourKind.NotAllowlisted => PermissionDenied("CUSTOMER_NOT_ALLOWLISTED_FOR_THIS_FEATURE"),
        BehaviourKind.BadRequest => InvalidArgument(behaviour.Code!),
        BehaviourKind.ServerError => ServerError(behaviour.Status),
        _ => throw new ArgumentOutOfRangeException(nameof(behaviour), behaviour.Kind, "not a refusal"),
    };

    private static ErrorResponse ServerError(int status) => status switch
    {
        500 => new(500, "INTERNAL", "Internal error encountered.", new GoogleAdsError(ErrorCatalog.Find("INTERNAL_ERROR"))),
        504 => new(504, "DEADLINE_EXCEEDED", "Deadline expired before operation could complete."),
        _ => new(status, "UNAVAILABLE", "The service is currently unavailable."),
    };
}

/// <summary>Writes errors as the REST interface does.</summary>
internal static class ErrorWriter
{
    public static Answer Write(ErrorResponse error, string version, string requestId) => Answer.Json(error.HttpStatus, json =>
    {
        json.WriteStartObject();
        json.WriteStartObject("error");
        json.WriteNumber("code", error.HttpStatus);
        json.WriteString("message", error.Message);
        json.WriteString("status", error.Status);
        if (error.Errors.Count > 0)
            WriteDetails(json, error.Errors, version, requestId);
        else if (error.BadField is not null)
            WriteBadRequest(json, error.BadField, error.Message);
        else if (error.Reason is not null)
            WriteErrorInfo(json, error.Reason);
        json.WriteEndObject();
        json.WriteEndObject();
    });

    /// <summary>The property <c>partialFailureError</c>: a google.rpc.Status whose message names the first error only.</summary>
    public static void WritePartialFailure(Utf8JsonWriter json, IReadOnlyList<GoogleAdsError> errors, UploadCall call)
    {
        var first = $"{errors[0].Kind.Message}, at {Path(errors[0])}";
        json.WriteStartObject("partialFailureError");
        json.WriteNumber("code", 3);
        json.WriteString(
            "message", errors.Count == 1 ? first : $"Multiple errors in \u2018details\u2019. First error: {first}");
        WriteDetails(json, errors, call.ApiVersion, call.RequestId);
        json.WriteEndObject();
    }

    private static void WriteDetails(Utf8JsonWriter json, IReadOnlyList<GoogleAdsError> errors, string version, string requestId)
    {
        json.WriteStartArray("details");
        json.WriteStartObject();
        json.WriteString("@type", $"type.googleapis.com/google.ads.googleads.{version}.errors.GoogleAdsFailure");
        json.WriteStartArray("errors");
        foreach (var error in errors)
            WriteError(json, error);
        json.WriteEndArray();
        json.WriteString("requestId", requestId);
        json.WriteEndObject();
        json.WriteEndArray();
    }

    private static void WriteError(Utf8JsonWriter json, GoogleAdsError error)
    {
        json.WriteStartObject();
        json.WriteStartObject("errorCode");
        json.WriteString(error.Kind.Key, error.Kind.Code);
        json.WriteEndObject();
        json.WriteString("message", error.Kind.Message);
        if (error.Trigger is not null)
        {
            json.WriteStartObject("trigger");
            json.WriteString("stringValue", error.Trigger);
            json.WriteEndObject();
        }

        if (error.Index is { } index)
            WriteLocation(json, error.Rows, index, error.Field, error.FieldIndex);
        if (error.Quota is not null)
            WriteQuota(json, error.Quota);
        json.WriteEndObject();
    }

    private static void WriteLocation(Utf8JsonWriter json, string rows, int index, string? field, int? fieldIndex)
    {
        json.WriteStartObject("location");
        json.WriteStartArray("fieldPathElements");
        json.WriteStartObject();
        json.WriteString("fieldName", rows);
        json.WriteNumber("index", index);
        json.WriteEndObject();
        foreach (var part in field?.Split('.') ?? [])
        {
            json.WriteStartObject();
            json.WriteString("fieldName", part);
            if (fieldIndex is { } item)
                json.WriteNumber("index", item);
            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteEndObject();
    }

    private static void WriteQuota(Utf8JsonWriter json, QuotaDetails quota)
    {
        json.WriteStartObject("details");
        json.WriteStartObject("quotaErrorDetails");
        json.WriteString("rateScope", quota.RateScope);
        json.WriteString("rateName", quota.RateName);
        json.WriteString(
            "retryDelay", quota.RetryDelay.TotalSeconds.ToString("0.#########", CultureInfo.InvariantCulture) + "s");
        json.WriteEndObject();
        json.WriteEndObject();
    }

    private static void WriteBadRequest(Utf8JsonWriter json, string field, string description)
    {
        json.WriteStartArray("details");
        json.WriteStartObject();
        json.WriteString("@type", "type.googleapis.com/google.rpc.BadRequest");
        json.WriteStartArray("fieldViolations");
        json.WriteStartObject();
        if (field.Length > 0)
            json.WriteString("field", field);
        json.WriteString("description", description);
        json.WriteEndObject();
        json.WriteEndArray();
        json.WriteEndObject();
        json.WriteEndArray();
    }

    private static void WriteErrorInfo(Utf8JsonWriter json, string reason)
    {
        json.WriteStartArray("details");
        json.WriteStartObject();
        json.WriteString("@type", "type.googleapis.com/google.rpc.ErrorInfo");
        json.WriteString("reason", reason);
        json.WriteString("domain", "googleapis.com");
        json.WriteEndObject();
        json.WriteEndArray();
    }

    private static string Path(GoogleAdsError error) =>
        error.Field is null ? $"{error.Rows}[{error.Index}]" : $"{error.Rows}[{error.Index}].{error.Field}";
}

internal static class RequestIds
{
    /// <summary>In the form of Google's: 22 characters of base64url.</summary>
    public static string Create() => Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(16));
}
