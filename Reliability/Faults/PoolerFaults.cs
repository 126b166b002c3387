using OpsMantik.Local.GoogleEmulator;
using OpsMantik.Reliability.Proxy;
using OpsMantik.Testbed.Workers;

namespace OpsMantik.Reliability.Faults;

/// <summary>PgBouncer in transaction mode between workers and PostgreSQL, and gone in the middle of it.</summary>
internal static class PoolerFaults
{
    private static readonly CallBehaviour Slow = CallBehaviour.Latency(TimeSpan.FromMilliseconds(100));

    public static IReadOnlyList<FaultScenario> All { get; } =
    [
        new("PgBouncer in transaction mode, ended and started", EndAsync) { IsSlow = true, FindObstacle = FindObstacle },
        new("Data Manager: PgBouncer in transaction mode", WorkAsync)
        {
            Options = new() { UploadApi = "data_manager" }, IsSlow = true, FindObstacle = FindObstacle,
        },
    ];

    private static string? FindObstacle() =>
        PgBouncer.Program is null ? "there is no PgBouncer (Debian: apt-get install pgbouncer)" : null;

    /// <summary>Workers share its few server sessions; some answers are errors, so that every kind of statement is among them.</summary>
    private static async Task<WorkerClient> WorkAsync(ProofEnvironment environment)
    {
        environment.Google.QueueBehaviour(null, CallBehaviour.ServerError(), 6);
        var through = Through(environment.Own(await PgBouncer.StartAsync(environment.Database.WorkerConnectionString)));
        var (one, other) = (await environment.StartWorkerAsync(through), await environment.StartWorkerAsync(through));
        for (var round = 0; round < 4; round++)
        {
            await environment.EnqueueAsync(20);
            await Task.WhenAll(one.UploadAsync(), other.UploadAsync(), one.RecoverAsync(), other.ConfirmAsync());
            await environment.LetTimePassAsync();
        }

        return one;
    }

    private static async Task<WorkerClient> EndAsync(ProofEnvironment environment)
    {
        await WorkAsync(environment);
        environment.Google.SetBehaviour(null, Slow);
        var bouncer = await PgBouncer.StartAsync(environment.Database.WorkerConnectionString);
        // Workers know it by an address that stays.
        var address = environment.Own(new PostgresProxy(bouncer.ConnectionString));
        var worker = await environment.StartWorkerAsync(Through(address.ConnectionString), null, ("Upload:MaxParallelGroups", "2"));
        await environment.EnqueueAsync(20);
        var sent = environment.Google.Calls.Count;
        var run = worker.TryUploadAsync();
        await Calls.UntilAsync(() => environment.Google.Calls.Count > sent + 2, "batches in flight");

        await bouncer.DisposeAsync();
        await worker.TryUploadAsync();
        await run;
        var next = environment.Own(await PgBouncer.StartAsync(environment.Database.WorkerConnectionString));
        address.PointAt(next.ConnectionString);
        environment.EndFault();
        return worker;
    }

    private static string Through(PgBouncer bouncer) => Through(bouncer.ConnectionString);

    // What the driver's manual says of such poolers: no DISCARD ALL, which would reach another's session.
    private static string Through(string connectionString) => connectionString + ";No Reset On Close=true";
}
