using System.Collections.Concurrent;
using System.Text.Json;
using System.Text.RegularExpressions;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using OpsMantik.Core.Providers;
using OpsMantik.Core.Vault;
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

/// <summary>What the seed endpoint stored: as often as it said so, and nothing that cannot be opened and used.</summary>
internal static class StoredCheck
{
    /// <param name="accepted">Sites that an answer 200 named, once per answer.</param>
    /// <param name="unanswered">Requests whose caller broke off and that may have been accepted unheard.</param>
    public static async Task<IReadOnlyList<string>> FindFaultsAsync(
        FuzzEnvironment environment, IReadOnlyCollection<Guid> accepted, int unanswered)
    {
        var sites = (await environment.Database.ScalarAsync<Guid[]>("select coalesce(array_agg(w.site_id), '{}') from fuzz_writes w"))!;
        var payloads = (await environment.Database.ScalarAsync<string[]>(
            "select coalesce(array_agg(w.site_id || ' ' || w.encrypted_payload || ' ' || w.key_fingerprint), '{}') from fuzz_writes w"))!;
        List<string> faults = [];
        if (sites.Length < accepted.Count || sites.Length > accepted.Count + unanswered)
            faults.Add($"{sites.Length} credentials were stored, {accepted.Count} accepted ({unanswered} unheard)");
        if (accepted.Except(sites).Any())
            faults.Add("credentials were accepted and not stored");

        var vault = environment.Own.Services.GetRequiredService<CredentialVault>();
        var provider = environment.Own.Services.GetRequiredService<IConversionProvider>();
        faults.AddRange(payloads.Select(payload => FindFault(vault, provider, payload.Split(' '))).OfType<string>());
        return faults;
    }

    private static string? FindFault(CredentialVault vault, IConversionProvider provider, string[] parts)
    {
        using var opening = vault.Open(new(Guid.Parse(parts[0]), provider.Key), new SealedCredential(parts[1], parts[2]));
        if (!opening.Opened)
            return $"a stored credential cannot be opened: {opening.Fault}";
        if (!opening.Credential.IsBound)
            return "a stored credential does not say whose it is";
        using var json = opening.Credential.Parse();
        return provider.FindFault(json.RootElement) is { } fault ? $"a stored credential is not valid: {fault}" : null;
    }
}

/// <summary>Keeps the log lines that bad input must never cause: errors, and whatever carries a secret.</summary>
internal sealed class CapturedLog : ILoggerProvider, ILogger
{
    private const string SecretWord = "CANARY";

    private const int LongestLine = 1_000;

    private readonly ConcurrentQueue<string> _offences = [];

    public IReadOnlyList<string> Offences => [.. _offences];

    public ILogger CreateLogger(string categoryName) => this;

    public IDisposable? BeginScope<TState>(TState state)
        where TState : notnull => null;

    public bool IsEnabled(LogLevel logLevel) => true;

    public void Log<TState>(
        LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
    {
        var line = $"{logLevel} {formatter(state, exception)} {exception}".Trim();
        if (logLevel >= LogLevel.Error || line.Contains(SecretWord, StringComparison.OrdinalIgnoreCase))
            _offences.Enqueue(line.Length <= LongestLine ? line : line[..LongestLine]);
    }

    public void Dispose()
    {
    }
}
