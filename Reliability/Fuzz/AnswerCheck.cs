using System.Text.Json;
using System.Text.RegularExpressions;
using OpsMantik.Reliability.Fuzz.Http;
using OpsMantik.Reliability.Fuzz.Requests;

namespace OpsMantik.Reliability.Fuzz;

/// <summary>What must hold of every answer, whatever was asked.</summary>
internal static partial class AnswerCheck
{
    // The web server's own, to a version of HTTP that it does not speak.
    private const int UnsupportedVersion = 505;

    public static IEnumerable<string> FindFaults(FuzzRequest request, IReadOnlyList<Answer> answers, bool hosted)
    {
        if (answers.Count == 0 && !request.Breaks)
            yield return "no answer";
        foreach (var answer in answers)
        {
            if (answer.Status >= 500 && (answer.Status != UnsupportedVersion || answer.Text.Length > 0))
                yield return $"status {answer.Status}: {answer.Text}";
            if (Telltale().Match(answer.Everything) is { Success: true } match)
                yield return $"the answer tells {match.Value}";
            // The Functions host answers by itself, in no words, what reaches no function.
            if (hosted && answer.Text.Length == 0 && answer.Status is 404)
                continue;
            if (answer.Text.Length == 0 ? answer.Status == 200 && request.Method is "GET" or "POST" : !IsJson(answer) && !IsPage(answer))
                yield return $"status {answer.Status} without a JSON object";
        }
    }

    /// <summary>Secrets, exceptions, their places and the names of our and others' types.</summary>
    [GeneratedRegex(@"CANARY|Exception|StackTrace|\bat [A-Z]\w+\.|OpsMantik\.|System\.|Npgsql|Kestrel|Postgres", RegexOptions.IgnoreCase)]
    private static partial Regex Telltale();

    // The status page, for who asked for one.
    private static bool IsPage(Answer answer) =>
        answer.Headers.GetValueOrDefault("content-type") == "text/html; charset=utf-8"
        && answer.Text.StartsWith("<!doctype html>", StringComparison.Ordinal);

    private static bool IsJson(Answer answer)
    {
        if (answer.Headers.GetValueOrDefault("content-type") != "application/json")
            return false;
        try
        {
            using var json = JsonDocument.Parse(answer.Text, new JsonDocumentOptions { AllowDuplicateProperties = false });
            return json.RootElement.ValueKind == JsonValueKind.Object;
        }
        catch (JsonException)
        {
            return false;
        }
    }
}
