using OpsMantik.Local.GoogleEmulator;
using OpsMantik.Testbed.Workers;

namespace OpsMantik.Reliability.Faults;

/// <summary>PostgreSQL itself in trouble.</summary>
internal static class DatabaseFaults
{
    private static readonly CallBehaviour Slow = CallBehaviour.Latency(TimeSpan.FromMilliseconds(150));

    public static IReadOnlyList<FaultScenario> All { get; } =
    [
        new("PostgreSQL stopped and started", RestartAsync) { Options = new() { OwnServer = true } },
        new("PostgreSQL crashed and started", CrashAsync) { Options = new() { OwnServer = true } },
        new("backends terminated", TerminateAsync),
        new("connections exhausted", ExhaustAsync),
        new("disk full", FillDiskAsync),
        new("old transaction left open", PinAsync),
    ];

    /// <summary>Back before a write-back's last repetition.</summary>
    private static Task<WorkerClient> RestartAsync(ProofEnvironment environment) => StopAndStartAsync(environment, crash: false);

    /// <summary>Away for longer than a write-back is repeated: the rows in flight are left behind.</summary>
    private static Task<WorkerClient> CrashAsync(ProofEnvironment environment) => StopAndStartAsync(environment, crash: true);

    private static async Task<WorkerClient> StopAndStartAsync(ProofEnvironment environment, bool crash)
    {
        environment.Google.SetBehaviour(null, Slow);
        var worker = await environment.StartWorkerAsync(null, null, ("Upload:MaxParallelGroups", "2"));
        var run = worker.TryUploadAsync();
        await Calls.UntilAsync(() => environment.Google.Calls.Count > 2, "batches in flight");

        await environment.Server.Postgres.StopAsync(immediate: crash);
        await worker.TryUploadAsync();
        if (crash)
            await run;
        await environment.Server.Postgres.RestartAsync();
        await run;
        environment.Database.Admin.Clear();
        return worker;
    }

    private static async Task<WorkerClient> TerminateAsync(ProofEnvironment environment)
    {
        environment.Google.SetBehaviour(null, Slow);
        var worker = await environment.StartWorkerAsync();
        var run = worker.TryUploadAsync();
        while (!run.IsCompleted)
        {
            await environment.Database.ExecuteAsync(
                """
                select pg_terminate_backend(a.pid)
                from pg_stat_activity a
                where a.datname = current_database() and a.application_name like 'worker-%'
                """);
            await Task.Delay(20);
        }

        return worker;
    }

    // The limit of the database instead of the server's: PostgreSQL answers the same 53300 to who is no superuser.
    private static async Task<WorkerClient> ExhaustAsync(ProofEnvironment environment)
    {
        environment.Google.SetBehaviour(null, Slow);
        var worker = await environment.StartWorkerAsync();
        var run = worker.TryUploadAsync();
        await Calls.UntilAsync(() => environment.Google.Calls.Count > 0, "a batch in flight");

        await environment.Database.ExecuteAsync($"alter database {environment.Database.Name} connection limit 0");
        await environment.Database.ExecuteAsync(
            """
            select pg_terminate_backend(a.pid)
            from pg_stat_activity a
            where a.datname = current_database() and a.application_name like 'worker-%'
            """);
        await worker.TryUploadAsync();
        await run;
        await environment.ExpectAsync("PROCESSING");
        await environment.Database.ExecuteAsync($"alter database {environment.Database.Name} connection limit -1");
        return worker;
    }

    // An honest imitation at the wire: the error that PostgreSQL gives when a disk is full, raised by a trigger wherever
    // the worker writes an outcome. A disk that is really full needs rights that no test should ask for.
    private static async Task<WorkerClient> FillDiskAsync(ProofEnvironment environment)
    {
        await environment.Database.ExecuteAsync(
            """
            create function full_disk() returns trigger language plpgsql as $$
            begin
                raise exception 'could not extend file: No space left on device' using errcode = 'disk_full';
            end $$;
            create trigger full_disk before update on offline_conversion_queue for each row
                when (old.status = 'PROCESSING') execute function full_disk();
            """);
        var worker = await environment.StartWorkerAsync();
        await worker.TryUploadAsync();
        await environment.ExpectAsync("PROCESSING");
        await environment.Database.ExecuteAsync("drop trigger full_disk on offline_conversion_queue");
        return worker;
    }

    // Its snapshot keeps every version of every row: the worker's indexes fill with dead entries for the whole run.
    private static async Task<WorkerClient> PinAsync(ProofEnvironment environment)
    {
        await using var connection = await environment.Database.Admin.OpenConnectionAsync();
        await using var transaction = await connection.BeginTransactionAsync(System.Data.IsolationLevel.RepeatableRead);
        await using (var look = connection.CreateCommand())
        {
            look.CommandText = "select count(*) from offline_conversion_queue";
            await look.ExecuteScalarAsync();
        }

        environment.Google.QueueBehaviour(null, CallBehaviour.ServerError(), 12);
        var worker = await environment.StartWorkerAsync();
        for (var wave = 0; wave < 4; wave++)
        {
            await environment.EnqueueAsync(50);
            await worker.TryUploadAsync();
            await environment.LetTimePassAsync();
        }

        await environment.DrainAsync(worker);
        return worker;
    }
}
