using Npgsql;
using OpsMantik.Local.GoogleEmulator;
using OpsMantik.Local.Postgres;
using OpsMantik.Reliability.Proxy;
using OpsMantik.Testbed;
using OpsMantik.Testbed.Workers;

namespace OpsMantik.Reliability.Faults;

/// <summary>
/// The server dies and its asynchronous replica takes over, without the commits of the last second. Rows whose commit is lost
/// go out again under the same identity: a row may be sent once for each claim, lost ones included, and no more.
/// </summary>
internal static class FailoverFaults
{
    private static readonly TimeSpan Lost = TimeSpan.FromSeconds(1);

    private static readonly ProofEnvironmentOptions OwnServer = new(RowsPerSite: 40, OwnServer: true);

    public static IReadOnlyList<FaultScenario> All { get; } =
    [
        new("failover, the last second lost", FailOverAsync) { Options = OwnServer, IsSlow = true, FindObstacle = FindObstacle },
        new("Data Manager: failover, the last second lost", FailOverAsync)
        {
            Options = OwnServer with { UploadApi = "data_manager" }, IsSlow = true, FindObstacle = FindObstacle,
        },
    ];

    private static string? FindObstacle() => PostgresBinaries.FindAsync().GetAwaiter().GetResult().CanHaveStandby
        ? null
        : "these PostgreSQL programs have no pg_basebackup (npm brings none; Debian: apt-get install postgresql)";

    private static async Task<WorkerClient> FailOverAsync(ProofEnvironment environment)
    {
        environment.Google.SetBehaviour(null, CallBehaviour.Latency(TimeSpan.FromMilliseconds(150)));
        var primary = environment.Server;
        // The way from the primary to its replica; and the address by which workers know the database.
        var replication = environment.Own(new PostgresProxy(primary.Postgres.ConnectionString));
        var address = environment.StartProxy();
        var standby = environment.Own(await primary.StartStandbyAsync(through: replication.Port));
        var worker = await environment.StartWorkerAsync(address.ConnectionString, null, ("Upload:MaxParallelGroups", "2"));

        // Half of the rows, so that some are written back and replicated.
        await worker.UploadAsync(120);
        await UntilReplicatedAsync(environment, standby);
        replication.Silent = true;
        var run = UploadInStepsAsync(worker);
        await Task.Delay(Lost);
        await Calls.UntilAsync(() => environment.Google.Calls.Count + environment.Google.IngestCalls.Count > 8, "rows of the lost second are sent");

        var original = environment.Database;
        await primary.Postgres.StopAsync(immediate: true);
        // The name leads to the replica before it is promoted, as often happens: it takes no writes yet.
        address.PointAt(standby.Postgres.ConnectionString);
        address.CutAll();
        await worker.TryUploadAsync(1);
        var (rows, tokens) = await ReadClaimsAsync(primary, original);
        await standby.Postgres.PromoteAsync();
        replication.Silent = false;
        environment.EndFault();
        await environment.MoveToAsync(standby);
        await KeepLostClaimsAsync(environment, rows, tokens);
        environment.Google.SetBehaviour(null, CallBehaviour.Normal);
        await run;
        await environment.DrainAsync(worker);
        await RequeueAsync(environment);
        return worker;
    }

    // Small runs: in the lost second there are claims, requests and write-backs.
    private static async Task UploadInStepsAsync(WorkerClient worker)
    {
        for (var step = 0; step < 6; step++)
            await worker.TryUploadAsync(20);
    }

    private static async Task UntilReplicatedAsync(ProofEnvironment environment, TestbedServer standby)
    {
        var written = await environment.Database.ScalarAsync<string>("select pg_current_wal_lsn()::text");
        await using var replica = NpgsqlDataSource.Create(standby.Postgres.ConnectionString);
        await using var replayed = replica.CreateCommand($"select pg_last_wal_replay_lsn() >= '{written}'");
        for (var tries = 0; await replayed.ExecuteScalarAsync() is not true; tries++)
        {
            if (tries > 1_000)
                throw new TimeoutException("Never happened: the replica has replayed what was written.");
            await Task.Delay(20);
        }
    }

    /// <summary>The server that died still knows every claim that was made on it.</summary>
    private static async Task<(Guid[] Rows, Guid[] Tokens)> ReadClaimsAsync(TestbedServer primary, TestbedDatabase database)
    {
        await primary.Postgres.RestartAsync();
        try
        {
            await using var old = NpgsqlDataSource.Create(database.AdminConnectionString);
            await using var command = old.CreateCommand(
                "select array_agg(a.row_id), array_agg(a.new_token) from audit_rows a where a.new_status = 'PROCESSING'");
            await using var reader = await command.ExecuteReaderAsync();
            await reader.ReadAsync();
            return (reader.GetFieldValue<Guid[]>(0), reader.GetFieldValue<Guid[]>(1));
        }
        finally
        {
            await primary.Postgres.StopAsync();
        }
    }

    /// <summary>
    /// Google says "already exists" to a row whose claim and outcome are both lost. To the database it was never sent, so it
    /// is taken for another sale's: it fails, though it is counted, until a person re-queues it. No other row may fail.
    /// </summary>
    private static async Task RequeueAsync(ProofEnvironment environment)
    {
        var others = await environment.Database.ScalarAsync<long>(
            """
            select count(*)
            from offline_conversion_queue q
            where q.status = 'FAILED'
              and (q.provider_error_code <> 'COUNTED_FOR_ANOTHER_SALE'
                   or not exists (select from audit_lost_claims l where l.row_id = q.id))
            """);
        if (others > 0)
            throw new InvalidOperationException($"{others} rows failed whose claim was not lost.");
        await environment.RequeueAsync();
    }

    /// <summary>Of these, the ones that the replica has never seen.</summary>
    private static async Task KeepLostClaimsAsync(ProofEnvironment environment, Guid[] rows, Guid[] tokens)
    {
        var lost = await environment.Database.ExecuteAsync(
            """
            insert into audit_lost_claims (row_id, token)
            select c.row_id, c.token
            from unnest($1, $2) as c (row_id, token)
            where not exists (select from audit_rows a where a.row_id = c.row_id and a.new_token = c.token)
            """,
            rows, tokens);
        if (lost == 0)
            throw new InvalidOperationException("No claim was lost: the scenario does not show what it is for.");
    }
}
