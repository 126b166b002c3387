using System.Text.Json;

namespace OpsMantik.Functions.Tests.Providers.GoogleAds;

/// <summary>Google's JSON, as its REST interface writes it.</summary>
internal static class Answers
{
    private const string Taken = """
        {"gclid":"g","conversionAction":"customers/1234567890/conversionActions/456",
        "conversionDateTime":"2026-11-20 12:00:00+00:00"}
        """;

    public static int CountSent(string body)
    {
        using var json = JsonDocument.Parse(body);
        return json.RootElement.GetProperty("conversions").GetArrayLength();
    }

    public static string AllTaken(int count) => Results([.. Enumerable.Repeat(true, count)]);

    public static string Results(bool[] taken) => $$"""{"results":[{{Join(taken)}}],"jobId":"123"}""";

    public static string Partial(bool[] taken, params string[] errors) => $$"""
        {"partialFailureError":{"code":3,"message":"The first error only, at conversions[0].",
        "details":[{{Failure(errors)}}]},"results":[{{Join(taken)}}]}
        """;

    /// <summary>The body of a refused request.</summary>
    public static string Refused(int code, string status, params string[] errors) => $$"""
        {"error":{"code":{{code}},"message":"Request was refused.","status":"{{status}}",
        "details":[{{(errors.Length == 0 ? "" : Failure(errors))}}]} }
        """;

    public static string Error(string family, string name, int? index = null, string message = "Google says no.") =>
        $$"""
        {"errorCode":{"{{family}}":"{{name}}"},"message":{{JsonSerializer.Serialize(message)}},
        "trigger":{"stringValue":"x"}{{(index is null ? "" : Location(index.Value))}} }
        """;

    public static string Upload(string name, int? index = null, string message = "Google says no.") =>
        Error("conversionUploadError", name, index, message);

    public static string Quota(string name, string retryDelay) => $$"""
        {"errorCode":{"quotaError":"{{name}}"},"message":"Too many requests.",
        "details":{"quotaErrorDetails":{"rateScope":"ACCOUNT","rateName":"Requests","retryDelay":"{{retryDelay}}"} } }
        """;

    private static string Location(int index) => $$"""
        ,"location":{"fieldPathElements":[{"fieldName":"conversions","index":{{index}} },{"fieldName":"gclid"}]}
        """;

    private static string Failure(string[] errors) => $$"""
        {"@type":"type.googleapis.com/google.ads.googleads.v25.errors.GoogleAdsFailure",
        "errors":[{{string.Join(',', errors)}}],"requestId":"failure-request-id"}
        """;

    private static string Join(bool[] taken) => string.Join(',', taken.Select(one => one ? Taken : "{}"));
}
