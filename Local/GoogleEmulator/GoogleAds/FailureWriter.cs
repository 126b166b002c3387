using System.Globalization;
using System.Text.Json;

namespace OpsMantik.Local.GoogleEmulator.GoogleAds;

/// <summary>Writes errors as the REST interface does.</summary>
internal static class FailureWriter
{
    /// <summary>An <c>{"error": …}</c> body: the whole request refused.</summary>
    public static void WriteRequestFault(Utf8JsonWriter json, RequestFault fault, string version, string requestId)
    {
        json.WriteStartObject();
        json.WriteStartObject("error");
        json.WriteNumber("code", fault.HttpStatus);
        json.WriteString("message", fault.Message);
        json.WriteString("status", fault.Status);
        if (fault.Errors.Count > 0)
            WriteDetails(json, fault.Errors, version, requestId);
        else if (fault.BadField is not null)
            WriteBadRequest(json, fault.BadField, fault.Message);
        json.WriteEndObject();
        json.WriteEndObject();
    }

    /// <summary>The property <c>partialFailureError</c>: a google.rpc.Status whose message tells of the first error only.</summary>
    public static void WritePartialFailure(
        Utf8JsonWriter json, IReadOnlyList<GoogleError> errors, string version, string requestId)
    {
        var first = $"{errors[0].Kind.Message}, at {Path(errors[0])}";
        json.WriteStartObject("partialFailureError");
        json.WriteNumber("code", 3);
        json.WriteString(
            "message", errors.Count == 1 ? first : $"Multiple errors in \u2018details\u2019. First error: {first}");
        WriteDetails(json, errors, version, requestId);
        json.WriteEndObject();
    }

    private static void WriteDetails(
        Utf8JsonWriter json, IReadOnlyList<GoogleError> errors, string version, string requestId)
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

    private static void WriteError(Utf8JsonWriter json, GoogleError error)
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
            WriteLocation(json, index, error.Field);
        if (error.Quota is not null)
            WriteQuota(json, error.Quota);
        json.WriteEndObject();
    }

    private static void WriteLocation(Utf8JsonWriter json, int index, string? field)
    {
        json.WriteStartObject("location");
        json.WriteStartArray("fieldPathElements");
        json.WriteStartObject();
        json.WriteString("fieldName", "conversions");
        json.WriteNumber("index", index);
        json.WriteEndObject();
        if (field is not null)
        {
            json.WriteStartObject();
            json.WriteString("fieldName", field);
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

    private static string Path(GoogleError error) =>
        error.Field is null ? $"conversions[{error.Index}]" : $"conversions[{error.Index}].{error.Field}";
}

/// <summary>A whole request refused.</summary>
/// <param name="HttpStatus">Status line.</param>
/// <param name="Status">Canonical name, such as <c>INVALID_ARGUMENT</c>.</param>
/// <param name="Message">Google's words for the whole request.</param>
/// <param name="Errors">The errors of its GoogleAdsFailure; none where the Ads API itself was not reached.</param>
internal sealed record RequestFault(int HttpStatus, string Status, string Message, params IReadOnlyList<GoogleError> Errors)
{
    /// <summary>Where the JSON front end stumbled; null when the fault is none of its own.</summary>
    public string? BadField { get; init; }

    public static RequestFault InvalidArgument(params IReadOnlyList<GoogleError> errors) =>
        new(400, "INVALID_ARGUMENT", "Request contains an invalid argument.", errors);

    public static RequestFault InvalidArgument(string code) =>
        InvalidArgument(new GoogleError(ErrorCatalog.Find(code)));

    public static RequestFault Unauthenticated(string code) => new(401, "UNAUTHENTICATED",
        "Request had invalid authentication credentials. Expected OAuth 2 access token, login cookie or other valid "
        + "authentication credential. See https://developers.google.com/identity/sign-in/web/devconsole-project.",
        new GoogleError(ErrorCatalog.Find(code)));

    public static RequestFault Unauthenticated(TokenFault fault) => fault switch
    {
        TokenFault.Missing => Unauthenticated("AUTHENTICATION_ERROR") with
        {
            Message = "Request is missing required authentication credential. Expected OAuth 2 access token, login "
                + "cookie or other valid authentication credential. See "
                + "https://developers.google.com/identity/sign-in/web/devconsole-project.",
        },
        TokenFault.Expired => Unauthenticated("OAUTH_TOKEN_EXPIRED"),
        _ => Unauthenticated("OAUTH_TOKEN_INVALID"),
    };

    public static RequestFault PermissionDenied(string code) =>
        new(403, "PERMISSION_DENIED", "The caller does not have permission", new GoogleError(ErrorCatalog.Find(code)));

    public static RequestFault Exhausted(string code, QuotaDetails quota)
    {
        var kind = ErrorCatalog.Find(code);
        var message = $"{kind.Message} Retry in {(long)quota.RetryDelay.TotalSeconds} seconds.";
        return new(429, "RESOURCE_EXHAUSTED", "Resource has been exhausted (e.g. check quota).",
            new GoogleError(kind with { Message = message }) { Quota = quota });
    }
}
