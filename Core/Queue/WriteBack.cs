using Npgsql;
using OpsMantik.Core.Breaker;
using OpsMantik.Core.Database;
using OpsMantik.Core.Providers;

namespace OpsMantik.Core.Queue;

/// <summary>The write-back's one statement: rows, counters, circuit and ledger of a batch.</summary>
internal static class WriteBack
{
    public static readonly string Sql = SqlText.Load("Queue.Sql.WriteBack");

    public static NpgsqlCommand CreateCommand(
        NpgsqlDataSource database,
        ClaimedGroup group,
        IReadOnlyList<JobResult> results,
        CircuitSignal signal,
        TimeSpan duration)
    {
        var command = database.CreateCommand(Sql);
        command.Parameters.Add(new NpgsqlParameter<Guid> { TypedValue = group.ClaimToken });
        command.Parameters.Add(new NpgsqlParameter<Guid> { TypedValue = group.SiteId });
        command.Parameters.Add(new NpgsqlParameter<string> { TypedValue = group.ProviderKey });
        command.Parameters.Add(new NpgsqlParameter<int> { TypedValue = (int)duration.TotalMilliseconds });
        command.Parameters.Add(new NpgsqlParameter<bool> { TypedValue = signal == CircuitSignal.Success });
        command.Parameters.Add(new NpgsqlParameter<bool> { TypedValue = signal == CircuitSignal.TransientFailure });
        Add(result => result.JobId);
        Add(result => StatusText(result.Status));
        Add(result => result.Wait?.TotalSeconds);
        Add(result => result.Outcome.SpendsAttempt);
        Add(result => result.Outcome.Code);
        Add(result => result.Outcome.Category is { } category ? CategoryText(category) : null);
        Add(result => result.Outcome.Message);
        Add(result => result.Outcome.RequestId);
        Add(result => result.Reference);
        Add(result => result.Outcome.MayHaveBeenSent);
        return command;

        void Add<T>(Func<JobResult, T> select)
        {
            var values = new T[results.Count];
            for (var i = 0; i < values.Length; i++)
                values[i] = select(results[i]);
            command.Parameters.Add(new NpgsqlParameter<T[]> { TypedValue = values });
        }
    }

    private static string StatusText(JobStatus status) => status switch
    {
        JobStatus.Completed => "COMPLETED",
        JobStatus.Retry => "RETRY",
        JobStatus.Failed => "FAILED",
        _ => throw new ArgumentOutOfRangeException(nameof(status)),
    };

    private static string CategoryText(ErrorCategory category) => category switch
    {
        ErrorCategory.Validation => "VALIDATION",
        ErrorCategory.Auth => "AUTH",
        ErrorCategory.Transient => "TRANSIENT",
        ErrorCategory.RateLimit => "RATE_LIMIT",
        ErrorCategory.Configuration => "CONFIGURATION",
        _ => throw new ArgumentOutOfRangeException(nameof(category)),
    };
}
