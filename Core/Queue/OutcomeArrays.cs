using System.Text;
using Npgsql;
using OpsMantik.Core.Providers;

namespace OpsMantik.Core.Queue;

/// <summary>Results as one array per column: how many there are does not change the statement.</summary>
internal static class OutcomeArrays
{
    /// <summary>Adds id, status, seconds to wait, spends an attempt, code, category, message; in this order.</summary>
    public static void AddTo(NpgsqlCommand command, IReadOnlyList<JobResult> results)
    {
        Add(command, results, result => result.JobId);
        Add(command, results, result => StatusText(result.Status));
        Add(command, results, result => result.Wait?.TotalSeconds);
        Add(command, results, result => result.Outcome.SpendsAttempt);
        Add(command, results, result => Storable(result.Outcome.Code));
        Add(command, results, result => result.Outcome.Category is { } category ? CategoryText(category) : null);
        Add(command, results, result => Storable(result.Outcome.Message));
    }

    /// <summary>
    /// What PostgreSQL takes: no NUL, and no half of a surrogate pair, as a text cut at a bad place leaves it. Either
    /// would make the driver refuse the whole batch.
    /// </summary>
    public static string? Storable(string? text) =>
        text is null || !(text.Contains('\0') || text.AsSpan().ContainsAnyInRange('\uD800', '\uDFFF'))
        ? text
        : Encoding.UTF8.GetString(Encoding.UTF8.GetBytes(text)).Replace('\0', ' ');

    public static void Add<T>(NpgsqlCommand command, IReadOnlyList<JobResult> results, Func<JobResult, T> select)
    {
        var values = new T[results.Count];
        for (var i = 0; i < values.Length; i++)
            values[i] = select(results[i]);
        command.Parameters.Add(new NpgsqlParameter<T[]> { TypedValue = values });
    }

    private static string StatusText(JobStatus status) => status switch
    {
        JobStatus.Completed => "COMPLETED",
        JobStatus.Submitted => "SUBMITTED",
        JobStatus.Retry => "RETRY",
        JobStatus.Failed => "FAILED",
        _ => throw new ArgumentOutOfRangeException(nameof(status)),
    };

    internal static string CategoryText(ErrorCategory category) => category switch
    {
        ErrorCategory.Validation => "VALIDATION",
        ErrorCategory.Auth => "AUTH",
        ErrorCategory.Transient => "TRANSIENT",
        ErrorCategory.RateLimit => "RATE_LIMIT",
        ErrorCategory.Configuration => "CONFIGURATION",
        _ => throw new ArgumentOutOfRangeException(nameof(category)),
    };
}
