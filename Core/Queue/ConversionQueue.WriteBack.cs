using System.Text;
using Npgsql;
using OpsMantik.Core.Database;
using OpsMantik.Core.Providers;

namespace OpsMantik.Core.Queue;

/// <summary>What a run does with rows that it has claimed: writes back, gives back.</summary>
internal sealed partial class ConversionQueue
{
    private static readonly string ReleaseSql = SqlText.Load("Queue.Sql.Release");
    private static readonly string ShiftSql = SqlText.Load("Queue.Sql.Shift");

    // Whether the server process that answers is the one that the connection was opened to. A pooler names a process id of its own, and
    // may hand out another server connection for each transaction, which does not know what was prepared on the last.
    private volatile bool _isDirect;

    public async Task<WriteBackCounts> WriteBackAsync(
        ClaimedGroup group,
        IReadOnlyList<JobResult> results,
        CircuitSignal signal,
        TimeSpan duration,
        TimeSpan firstCheck,
        CancellationToken cancellationToken)
    {
        await using var connection = await database.OpenConnectionAsync(cancellationToken);
        await using var command = WriteBack.CreateCommand(connection, group, results, signal, duration, firstCheck);
        // Once for each connection of the pool. Planning would take longer than writing back a small batch.
        if (_isDirect)
            await command.PrepareAsync(cancellationToken);
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        if (!await reader.ReadAsync(cancellationToken))
            return default;

        _isDirect = reader.GetInt32(WriteBack.ServerProcess) == connection.ProcessID;
        return new WriteBackCounts(
            reader.GetInt32(0), reader.GetInt32(1), reader.GetInt32(2), reader.GetInt32(3), reader.GetInt32(4));
    }

    public async Task ShiftAsync(
        ClaimedGroup group, IReadOnlyDictionary<Guid, int> shifts, CancellationToken cancellationToken)
    {
        await using var command = database.CreateCommand(ShiftSql);
        command.Parameters.Add(new NpgsqlParameter<Guid> { TypedValue = group.ClaimToken });
        command.Parameters.Add(new NpgsqlParameter<Guid> { TypedValue = group.SiteId });
        command.Parameters.Add(new NpgsqlParameter<Guid[]> { TypedValue = [.. shifts.Keys] });
        command.Parameters.Add(new NpgsqlParameter<short[]> { TypedValue = [.. shifts.Values.Select(seconds => (short)seconds)] });
        await command.ExecuteNonQueryAsync(cancellationToken);
    }

    public async Task<int> ReleaseAsync(ClaimedGroup group, bool maySent, CancellationToken cancellationToken)
    {
        await using var command = CreateRelease(database, group, maySent);
        return await command.ExecuteNonQueryAsync(cancellationToken);
    }

    internal static NpgsqlCommand CreateRelease(NpgsqlDataSource database, ClaimedGroup group, bool maySent)
    {
        var command = database.CreateCommand(ReleaseSql);
        command.Parameters.Add(new NpgsqlParameter<Guid> { TypedValue = group.ClaimToken });
        command.Parameters.Add(new NpgsqlParameter<Guid> { TypedValue = group.SiteId });
        command.Parameters.Add(new NpgsqlParameter<string> { TypedValue = group.ProviderKey });
        command.Parameters.Add(new NpgsqlParameter<Guid[]> { TypedValue = [.. group.Jobs.Select(job => job.Id)] });
        command.Parameters.Add(new NpgsqlParameter<bool> { TypedValue = maySent });
        return command;
    }
}

/// <summary>The write-back's one statement: rows, counters, circuit and ledger of a batch.</summary>
internal static class WriteBack
{
    /// <summary>The column that names the server's process.</summary>
    public const int ServerProcess = 7;

    public static readonly string Sql = SqlText.Load("Queue.Sql.WriteBack");

    /// <param name="firstCheck">From now until a submitted request is first asked about.</param>
    public static NpgsqlCommand CreateCommand(
        NpgsqlConnection connection,
        ClaimedGroup group,
        IReadOnlyList<JobResult> results,
        CircuitSignal signal,
        TimeSpan duration,
        TimeSpan firstCheck) =>
        Fill(new NpgsqlCommand(Sql, connection), group, results, signal, duration, firstCheck);

    /// <summary>On a connection that it takes from the pool itself, and that nothing can be prepared on.</summary>
    public static NpgsqlCommand CreateCommand(
        NpgsqlDataSource database,
        ClaimedGroup group,
        IReadOnlyList<JobResult> results,
        CircuitSignal signal,
        TimeSpan duration,
        TimeSpan firstCheck) =>
        Fill(database.CreateCommand(Sql), group, results, signal, duration, firstCheck);

    private static NpgsqlCommand Fill(
        NpgsqlCommand command,
        ClaimedGroup group,
        IReadOnlyList<JobResult> results,
        CircuitSignal signal,
        TimeSpan duration,
        TimeSpan firstCheck)
    {
        command.Parameters.Add(new NpgsqlParameter<Guid> { TypedValue = group.ClaimToken });
        command.Parameters.Add(new NpgsqlParameter<Guid> { TypedValue = group.SiteId });
        command.Parameters.Add(new NpgsqlParameter<string> { TypedValue = group.ProviderKey });
        command.Parameters.Add(new NpgsqlParameter<int> { TypedValue = (int)duration.TotalMilliseconds });
        command.Parameters.Add(new NpgsqlParameter<bool> { TypedValue = signal == CircuitSignal.Success });
        command.Parameters.Add(new NpgsqlParameter<bool> { TypedValue = signal == CircuitSignal.TransientFailure });
        // In the order in which the rows are locked.
        results = [.. results.OrderBy(result => result.JobId)];
        ResultParameters.AddTo(command, results);
        ResultParameters.Add(command, results, result => ResultParameters.Storable(result.Outcome.RequestId));
        ResultParameters.Add(command, results, result => ResultParameters.Storable(result.Reference));
        ResultParameters.Add(command, results, result => result.Outcome.MayHaveBeenSent);
        ResultParameters.Add(command, results, result => result.Outcome.RequestIndex);
        command.Parameters.Add(new NpgsqlParameter<TimeSpan> { TypedValue = firstCheck });
        return command;
    }
}

/// <summary>Results as one array per column: how many there are does not change the statement.</summary>
internal static class ResultParameters
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
