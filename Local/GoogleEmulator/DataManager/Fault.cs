using System.Globalization;
using System.Text.Json;

namespace OpsMantik.Local.GoogleEmulator.DataManager;

/// <summary>A whole request refused, as a google.rpc.Status.</summary>
/// <param name="HttpStatus">Status line.</param>
/// <param name="Status">Canonical name, such as <c>INVALID_ARGUMENT</c>.</param>
/// <param name="Message">Google's words.</param>
/// <param name="Reason">Reason of its ErrorInfo; null for a fault without one.</param>
internal sealed record Fault(int HttpStatus, string Status, string Message, string? Reason)
{
    public const string Service = "datamanager.googleapis.com";

    /// <summary>Domain of the ErrorInfo: the API's own, or <c>googleapis.com</c> of what stands before it.</summary>
    public string Domain { get; init; } = Service;

    /// <summary>Of the ErrorInfo; the request id is added to the API's own.</summary>
    public IReadOnlyList<(string Key, string Value)> Metadata { get; init; } = [];

    public IReadOnlyList<FieldViolation> Violations { get; init; } = [];

    /// <summary>Of a RetryInfo; null for none.</summary>
    public TimeSpan? RetryDelay { get; init; }

    public static Fault Invalid(params IReadOnlyList<FieldViolation> violations) =>
        Invalid("INVALID_ARGUMENT") with { Violations = violations };

    /// <summary>A bad request that names no field.</summary>
    public static Fault Invalid(string reason) =>
        new(400, "INVALID_ARGUMENT", "There was a problem with the request.", reason);

    public static Fault Unreadable(JsonFault fault) => new(400, "INVALID_ARGUMENT", fault.Message, Reason: null)
    {
        Violations = [new(fault.Field, fault.Message, Reason: null)],
    };
}

/// <summary>The refusals of what stands in front of the API: credentials, scopes, permissions.</summary>
internal static class AccessErrors
{
    private const string Advice = " Expected OAuth 2 access token, login cookie or other valid authentication "
        + "credential. See https://developers.google.com/identity/sign-in/web/devconsole-project.";

    /// <summary>What is wrong with the caller; null when it may go on.</summary>
    /// <param name="token">What the Authorization header holds.</param>
    /// <param name="method">Full name of the method called.</param>
    public static Fault? Find((AccessGrant? Grant, TokenFault? Fault) token, string method) =>
        token.Fault is { } fault ? Unauthenticated(fault, method)
        : token.Grant!.Allows(Scopes.DataManager) ? null
        : Front(new(403, "PERMISSION_DENIED", "Request had insufficient authentication scopes.",
            "ACCESS_TOKEN_SCOPE_INSUFFICIENT"), method);

    public static Fault Unauthenticated(TokenFault fault, string method) => Front(fault switch
    {
        TokenFault.Missing => new(401, "UNAUTHENTICATED",
            "Request is missing required authentication credential." + Advice, "CREDENTIALS_MISSING"),
        TokenFault.Expired => Bad("ACCESS_TOKEN_EXPIRED"),
        _ => Bad("ACCESS_TOKEN_TYPE_UNSUPPORTED"),
    }, method);

    public static Fault Forbidden { get; } =
        new(403, "PERMISSION_DENIED", "The caller does not have permission", "PERMISSION_DENIED");

    public static Fault NotAllowlisted { get; } = new(
        403, "PERMISSION_DENIED", "The account is not allowlisted for the given feature.", "NOT_ALLOWLISTED");

    private static Fault Bad(string reason) =>
        new(401, "UNAUTHENTICATED", "Request had invalid authentication credentials." + Advice, reason);

    private static Fault Front(Fault fault, string method) => fault with
    {
        Domain = "googleapis.com",
        Metadata = [("service", Fault.Service), ("method", method)],
    };
}

/// <summary>The faults of behaviours that refuse a call without looking at it.</summary>
internal static class BehaviourFaults
{
    /// <param name="behaviour">What was ordered.</param>
    /// <param name="method">Full name of the method called.</param>
    /// <param name="write">Whether the method writes: the quotas of reads are others.</param>
    /// <param name="project">Whose quota is used up.</param>
    public static Fault Of(CallBehaviour behaviour, string method, bool write, string project) => behaviour.Kind switch
    {
        BehaviourKind.QuotaTemporary => QuotaLimit.PerMinute(write).Exhausted(project, behaviour.Delay),
        BehaviourKind.QuotaDaily => QuotaLimit.PerDay(write).Exhausted(project, behaviour.Delay),
        BehaviourKind.Unauthorized => AccessErrors.Unauthenticated(TokenFault.Invalid, method),
        BehaviourKind.Forbidden => AccessErrors.Forbidden,
        BehaviourKind.NotAllowlisted => AccessErrors.NotAllowlisted,
        BehaviourKind.BadRequest => Fault.Invalid(behaviour.Code!),
        BehaviourKind.ServerError => behaviour.Status switch
        {
            500 => new(500, "INTERNAL", "Internal error encountered.", "INTERNAL_ERROR"),
            504 => new(504, "DEADLINE_EXCEEDED", "Deadline expired before operation could complete.",
                "DEADLINE_EXCEEDED"),
            var status => new(status, "UNAVAILABLE", "The service is currently unavailable.", Reason: null),
        },
        _ => throw new ArgumentOutOfRangeException(nameof(behaviour), behaviour.Kind, "not a refusal"),
    };
}

/// <summary>Writes a fault as the REST interface does.</summary>
internal static class FaultWriter
{
    private const string Types = "type.googleapis.com/google.rpc.";

    public static Answer Write(Fault fault, string requestId) => Answer.Json(fault.HttpStatus, json =>
    {
        json.WriteStartObject();
        json.WriteStartObject("error");
        json.WriteNumber("code", fault.HttpStatus);
        json.WriteString("message", fault.Message);
        json.WriteString("status", fault.Status);
        json.WriteStartArray("details");
        if (fault.Reason is not null)
            WriteErrorInfo(json, fault, requestId);
        if (fault.Reason is not null && fault.Domain == Fault.Service)
            WriteRequestInfo(json, requestId);
        if (fault.Violations.Count > 0)
            WriteBadRequest(json, fault.Violations);
        if (fault.RetryDelay is { } delay)
            WriteRetryInfo(json, delay);
        json.WriteEndArray();
        json.WriteEndObject();
        json.WriteEndObject();
    });

    private static void WriteErrorInfo(Utf8JsonWriter json, Fault fault, string requestId)
    {
        json.WriteStartObject();
        json.WriteString("@type", Types + "ErrorInfo");
        json.WriteString("reason", fault.Reason);
        json.WriteString("domain", fault.Domain);
        json.WriteStartObject("metadata");
        foreach (var (key, value) in fault.Metadata)
            json.WriteString(key, value);
        if (fault.Domain == Fault.Service)
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
