using System.Globalization;
using System.Text.Json;

namespace OpsMantik.Local.GoogleEmulator.DataManager;

/// <summary>A whole request refused, as a google.rpc.Status.</summary>
/// <param name="HttpStatus">Status line.</param>
/// <param name="Status">Canonical name, such as <c>INVALID_ARGUMENT</c>.</param>
/// <param name="Message">Google's words.</param>
/// <param name="Reason">Reason of its ErrorInfo; null for an error without one.</param>
internal sealed record ErrorResponse(int HttpStatus, string Status, string Message, string? Reason)
{
    public const string Service = "datamanager.googleapis.com";

    private const string ExpectedCredential = " Expected OAuth 2 access token, login cookie or other valid authentication "
        + "credential. See https://developers.google.com/identity/sign-in/web/devconsole-project.";

    /// <summary>Domain of the ErrorInfo: the API's own, or <c>googleapis.com</c> where Google's front end refuses.</summary>
    public string Domain { get; init; } = Service;

    /// <summary>Of the ErrorInfo; the request id is added to the API's own.</summary>
    public IReadOnlyList<(string Key, string Value)> Metadata { get; init; } = [];

    public IReadOnlyList<FieldViolation> Violations { get; init; } = [];

    /// <summary>Of a RetryInfo; null for none.</summary>
    public TimeSpan? RetryDelay { get; init; }

    public static ErrorResponse Invalid(params IReadOnlyList<FieldViolation> violations) =>
        Invalid("INVALID_ARGUMENT") with { Violations = violations };

    /// <summary>A bad request that names no field.</summary>
    public static ErrorResponse Invalid(string reason) =>
        new(400, "INVALID_ARGUMENT", "There was a problem with the request.", reason);

    public static ErrorResponse Unreadable(JsonError error) => new(400, "INVALID_ARGUMENT", error.Message, Reason: null)
    {
        Violations = [new(error.Field, error.Message, Reason: null)],
    };

    /// <summary>What is wrong with the caller's token; null when it grants access.</summary>
    /// <param name="token">What the Authorization header holds.</param>
    /// <param name="method">Full name of the method called.</param>
    public static ErrorResponse? ForToken((AccessGrant? Grant, TokenError? Error) token, string method) =>
        token.Error is { } error ? Unauthenticated(error, method)
        : token.Grant!.Allows(Scopes.DataManager) ? null
        : OfFrontEnd(new(403, "PERMISSION_DENIED", "Request had insufficient authentication scopes.",
            "ACCESS_TOKEN_SCOPE_INSUFFICIENT"), method);

    /// <summary>The error of a behaviour that refuses a call without looking at it.</summary>
    /// <param name="behaviour">What a test has set.</param>
    /// <param name="method">Full name of the method called.</param>
    /// <param name="write">Whether the method writes: the quotas of reads are others.</param>
    /// <param name="project">Whose quota is used up.</param>
    public static ErrorResponse ForBehaviour(CallBehaviour behaviour, string method, bool write, string project) =>
        behaviour.Kind switch
        {
            BehaviourKind.QuotaTemporary => QuotaLimit.PerMinute(write).Exhausted(project, behaviour.Delay),
            BehaviourKind.QuotaDaily => QuotaLimit.PerDay(write).Exhausted(project, behaviour.Delay),
            BehaviourKind.Unauthorized => Unauthenticated(TokenError.Invalid, method),
            BehaviourKind.Forbidden =>
                new(403, "PERMISSION_DENIED", "The caller does not have permission", "PERMISSION_DENIED"),
            BehaviourKind.NotAllowlisted => new(
                403, "PERMISSION_DENIED", "The account is not allowlisted for the given feature.", "NOT_ALLOWLISTED"),
            BehaviourKind.BadRequest => Invalid(behaviour.Code!),
            BehaviourKind.ServerError => ServerError(behaviour.Status),
            _ => throw new ArgumentOutOfRangeException(nameof(behaviour), behaviour.Kind, "not a refusal"),
        };

    private static ErrorResponse ServerError(int status) => status switch
    {
        500 => new(500, "INTERNAL", "Internal error encountered.", "INTERNAL_ERROR"),
        504 => new(504, "DEADLINE_EXCEEDED", "Deadline expired before operation could complete.", "DEADLINE_EXCEEDED"),
        _ => new(status, "UNAVAILABLE", "The service is currently unavailable.", Reason: null),
    };

    private static ErrorResponse Unauthenticated(TokenError error, string method) => OfFrontEnd(error switch
    {
        TokenError.Missing => new(401, "UNAUTHENTICATED",
            "Request is missing required authentication credential." + ExpectedCredential, "CREDENTIALS_MISSING"),
        TokenError.Expired => InvalidCredentials("ACCESS_TOKEN_EXPIRED"),
        _ => InvalidCredentials("ACCESS_TOKEN_TYPE_UNSUPPORTED"),
    }, method);

    private static ErrorResponse InvalidCredentials(string reason) => new(
        401, "UNAUTHENTICATED", "Request had invalid authentication credentials." + ExpectedCredential, reason);

    private static ErrorResponse OfFrontEnd(ErrorResponse error, string method) => error with
    {
        Domain = "googleapis.com",
        Metadata = [("service", Service), ("method", method)],
    };
}

/// <summary>Writes errors as the REST interface does.</summary>
internal static class ErrorWriter
{
    private const string Types = "type.googleapis.com/google.rpc.";

    public static Answer Write(ErrorResponse error, string requestId) => Answer.Json(error.HttpStatus, json =>
    {
        json.WriteStartObject();
        json.WriteStartObject("error");
        json.WriteNumber("code", error.HttpStatus);
        json.WriteString("message", error.Message);
        json.WriteString("status", error.Status);
        json.WriteStartArray("details");
        if (error.Reason is not null)
            WriteErrorInfo(json, error, requestId);
        if (error.Reason is not null && error.Domain == ErrorResponse.Service)
            WriteRequestInfo(json, requestId);
        if (error.Violations.Count > 0)
            WriteBadRequest(json, error.Violations);
        if (error.RetryDelay is { } delay)
            WriteRetryInfo(json, delay);
        json.WriteEndArray();
        json.WriteEndObject();
        json.WriteEndObject();
    });

    private static void WriteErrorInfo(Utf8JsonWriter json, ErrorResponse error, string requestId)
    {
        json.WriteStartObject();
        json.WriteString("@type", Types + "ErrorInfo");
        json.WriteString("reason", error.Reason);
        json.WriteString("domain", error.Domain);
        json.WriteStartObject("metadata");
        foreach (var (key, value) in error.Metadata)
            json.WriteString(key, value);
        if (error.Domain == ErrorResponse.Service)
            json.WriteString("requestId", requestId);
        json.WriteEndObject();
        json.WriteEndObject();
    }

    private static void WriteRequestInfo(Utf8JsonWriter json, string requestId)
    {
        json.WriteStartObject();
        json.WriteString("@type", Types + "RequestInfo");
        json.WriteString("requestId", requestId);
        json.WriteEndObject();
    }

    private static void WriteBadRequest(Utf8JsonWriter json, IReadOnlyList<FieldViolation> violations)
    {
        json.WriteStartObject();
        json.WriteString("@type", Types + "BadRequest");
        json.WriteStartArray("fieldViolations");
        foreach (var violation in violations)
        {
            json.WriteStartObject();
            if (violation.Field.Length > 0)
                json.WriteString("field", violation.Field);
            json.WriteString("description", violation.Description);
            if (violation.Reason is not null)
                json.WriteString("reason", violation.Reason);
            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteEndObject();
    }

    private static void WriteRetryInfo(Utf8JsonWriter json, TimeSpan delay)
    {
        json.WriteStartObject();
        json.WriteString("@type", Types + "RetryInfo");
        json.WriteString("retryDelay", delay.TotalSeconds.ToString("0.#########", CultureInfo.InvariantCulture) + "s");
        json.WriteEndObject();
    }
}
