using OpsMantik.Local.GoogleEmulator;
using OpsMantik.Testbed.Workers;

namespace OpsMantik.Reliability.Faults;

/// <summary>Limits that an operator, a platform, Google or a full disk sets: no writes, no long statements, so many requests a minute.</summary>
internal static class LimitFaults
{
    private const int RequestsPerMinute = 6;

    private static readonly CallBehaviour Slow = CallBehaviour.Latency(TimeSpan.FromMilliseconds(150));

    public static IReadOnlyList<FaultScenario> All { get; } =
    [
        new("PostgreSQL read-only", ReadOnlyAsync) { IsSlow = true },
        new("statement_timeout of 1 s on a slow disk", TimeOutAsync) { IsSlow = true },
        new("idle_in_transaction_session_timeout of 1 s", IdleAsync),
        new("Data Manager: two workers within one minute's requests", ShareMinuteAsync)
        {
            Options = new(Sites: 2 * RequestsPerMinute, RowsPerSite: 1, UploadApi: "data_manager"),
            IsSlow = true,
        },
    ];

    /// <summary>As managed databases do when their disk is nearly full, and as a replica is that was not promoted yet.</summary>
    private static async Task<WorkerClient> ReadOnlyAsync(ProofEnvironment environment)
    {
        environment.Google.SetBehaviour(null, Slow);
        var worker = await environment.StartWorkerAsync(null, null, ("Upload:MaxParallelGroups", "2"));
        var run = worker.TryUploadAsync();
        await Calls.UntilAsync(() => environment.Google.Calls.Count > 2, "batches in flight");

        await SetAsync(environment, "default_transaction_read_only", "on");
        await run;
        await environment.ExpectAsync("PROCESSING");
        await worker.TryUploadAsync();
        await worker.TryRecoverAsync();
        await SetAsync(environment, "default_transaction_read_only", null);
        environment.EndFault();
        return worker;
    }

    /// <summary>Each row takes a tenth of a second to write: no batch's write-back ends in time, nor a recovery of them all.</summary>
    private static async Task<WorkerClient> TimeOutAsync(ProofEnvironment environment)
    {
        await SetAsync(environment, "statement_timeout", "1s");
        await environment.Database.ExecuteAsync(
            """
            create function slow_disk() returns trigger language plpgsql as $$
            begin
                perform pg_sleep(0.1);
                return new;
            end $$;
            create trigger slow_disk before update on offline_conversion_queue for each row
                when (old.status = 'PROCESSING' and new.status <> 'PROCESSING') execute function slow_disk();
            """);
        var worker = await environment.StartWorkerAsync();
        await worker.TryUploadAsync();
        await environment.ExpectAsync("PROCESSING");
        await environment.LetTimePassAsync();
        await worker.TryRecoverAsync();
        await environment.ExpectAsync("PROCESSING");
        await environment.Database.ExecuteAsync("drop trigger slow_disk on offline_conversion_queue");
        environment.EndFault();
        return worker;
    }

    /// <summary>
    /// The application's session forgets its transaction, and the server ends it: what waited for its locks goes on. The
    /// worker's own sessions are never idle inside a transaction, however slow Google is.
    /// </summary>
    private static async Task<WorkerClient> IdleAsync(ProofEnvironment environment)
    {
        await environment.Database.ExecuteAsync(
            $"alter database {environment.Database.Name} set idle_in_transaction_session_timeout = '1s'");
        environment.Database.Admin.Clear();
        environment.Google.SetBehaviour(null, CallBehaviour.Latency(TimeSpan.FromSeconds(1.5)));
        var worker = await environment.StartWorkerAsync();
        await worker.UploadAsync(environment.Sites.Length);
        // Not disposed in order: the server ends it.
        var connection = await environment.Database.Admin.OpenConnectionAsync();
        await connection.BeginTransactionAsync();
        await LockAsync(connection, environment.Sites[0]);
        await worker.UploadAsync();
        environment.EndFault();
        await worker.UploadAsync();
        try
        {
            await connection.DisposeAsync();
        }
        catch (Npgsql.PostgresException error) when (error.SqlState == "25P03")
        {
            // The server ended it, as it was meant to.
        }

        if (await environment.Database.ScalarAsync<long>(
            "select count(*) from (select from audit_rows where new_status = 'PROCESSING' group by row_id having count(*) > 1) r") > 0)
            throw new InvalidOperationException("A session of the worker's was ended inside a transaction: rows were claimed twice.");
        return worker;
    }

    /// <summary>Each has enough to send to use up the minute by itself; what they may not send waits, unspent.</summary>
    private static async Task<WorkerClient> ShareMinuteAsync(ProofEnvironment environment)
    {
        (string, string?)[] limits = [("DataManager:RequestsPerMinute", $"{RequestsPerMinute}"), ("DataManager:LimitWait", "00:00:01")];
        var (one, other) = (await environment.StartWorkerAsync(null, null, limits), await environment.StartWorkerAsync(null, null, limits));
        // Not over a minute's border.
        await environment.Database.ExecuteAsync(
            "select pg_sleep(60 - s.second) from (select extract(second from clock_timestamp())::float8) as s (second) where s.second > 40");

        await Task.WhenAll(one.UploadAsync(RequestsPerMinute), other.UploadAsync(RequestsPerMinute));
        if (environment.Google.IngestCalls.Count is not RequestsPerMinute and var sent)
            throw new InvalidOperationException($"{sent} requests were sent in a minute of {RequestsPerMinute}.");
        environment.EndFault();
        return await environment.StartWorkerAsync();
    }

    private static async Task LockAsync(Npgsql.NpgsqlConnection connection, Guid site)
    {
        await using var command = connection.CreateCommand();
        command.CommandText =
            """
            with counters as (select from provider_upload_metrics m where m.site_id = $1 for update),
                 rows as (
                     select q.id, row_number() over () as place
                     from (select w.id from offline_conversion_queue w where w.status = 'QUEUED' and w.site_id <> $1 limit 20 for update) q)
            select (select count(*) from counters), (select count(*) from rows)
            """;
        command.Parameters.Add(new Npgsql.NpgsqlParameter { Value = site });
        await command.ExecuteNonQueryAsync();
    }

    /// <summary>For the worker's sessions, those that it has included: they are ended, and the next ones have it.</summary>
    private static Task<int> SetAsync(ProofEnvironment environment, string setting, string? value)
    {
        var worker = new Npgsql.NpgsqlConnectionStringBuilder(environment.Database.WorkerConnectionString).Username;
        return environment.Database.ExecuteAsync(
            $"""
            alter role {worker} in database {environment.Database.Name} {(value is null ? $"reset {setting}" : $"set {setting} = '{value}'")};
            select pg_terminate_backend(a.pid)
            from pg_stat_activity a
            where a.datname = current_database() and a.application_name like 'worker-%';
            """);
    }
}
