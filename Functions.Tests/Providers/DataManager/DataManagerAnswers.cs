using System.Text.Json;

namespace OpsMantik.Functions.Tests.Providers.DataManager;

/// <summary>Data Manager's JSON, as its REST interface writes it.</summary>
internal static class DataManagerAnswers
{
    public static string Refused(
        int code, string status, string? reason = null, string message = "Request was refused.", params string[] details) =>
        $$"""
        {"error":{"code":{{code}},"message":{{JsonSerializer.Serialize(message)}},"status":"{{status}}","details":[
        {{string.Join(',', (reason is null ? [] : new[] { Info(reason) }).Concat(details))}}]} }
        """;

    public static string Info(string reason, string metadata = "{}") => $$"""
        {"@type":"type.googleapis.com/google.rpc.ErrorInfo","reason":"{{reason}}",
        "domain":"datamanager.googleapis.com","metadata":{{metadata}} }
        """;

    public static string Violations(params (string Field, string Reason)[] violations) => $$"""
        {"@type":"type.googleapis.com/google.rpc.BadRequest","fieldViolations":[{{string.Join(',', violations.Select(
            one => $$"""{"field":"{{one.Field}}","description":"Required field is missing.","reason":"{{one.Reason}}"}"""))}}]}
        """;

    public static string RetryInfo(string delay) =>
        $$"""{"@type":"type.googleapis.com/google.rpc.RetryInfo","retryDelay":"{{delay}}"}""";

    public static string QuotaGone(string limit, string unit, params string[] details) => Refused(
        429,
        "RESOURCE_EXHAUSTED",
        null,
        "Quota exceeded.",
        [
            Info("RATE_LIMIT_EXCEEDED", $$"""{"quota_limit":"{{limit}}","quota_unit":"{{unit}}"}"""),
            .. details,
        ]);

    public static string Status(string status, long? records = null, params string[] errors) => $$"""
        {"requestStatusPerDestination":[{"destination":{"reference":"conversion-action"},
        "requestStatus":"{{status}}","errorInfo":{"errorCounts":[{{string.Join(',', errors)}}]},"warningInfo":{}
        {{(records is null ? "" : $$""","eventsIngestionStatus":{"recordCount":"{{records}}"}""")}} }]}
        """;

    public static string Count(string reason, long count, string? indices = null) => $$"""
        {"recordCount":"{{count}}","reason":"{{reason}}"{{(indices is null ? "" : $",\"recordIndices\":{indices}")}} }
        """;
}
