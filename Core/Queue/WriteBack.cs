using Npgsql;
using OpsMantik.Core.Breaker;
using OpsMantik.Core.Database;

namespace OpsMantik.Core.Queue;

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
        OutcomeArrays.AddTo(command, results);
        OutcomeArrays.Add(command, results, result => OutcomeArrays.Storable(result.Outcome.RequestId));
        OutcomeArrays.Add(command, results, result => OutcomeArrays.Storable(result.Reference));
        OutcomeArrays.Add(command, results, result => result.Outcome.MayHaveBeenSent);
        OutcomeArrays.Add(command, results, result => result.Outcome.RequestIndex);
        command.Parameters.Add(new NpgsqlParameter<TimeSpan> { TypedValue = firstCheck });
        return command;
    }
}
