using System.Diagnostics;
using Npgsql;
using OpsMantik.Local.GoogleEmulator;
using OpsMantik.Local.Postgres;
using OpsMantik.Reliability.Invariants;
using OpsMantik.Reliability.Proxy;
using OpsMantik.Testbed;
using OpsMantik.Testbed.Workers;

namespace OpsMantik.Reliability;

/// <summary>
/// Where a scenario plays: a database that is watched, an emulator, sites with queued rows, and workers that have names.
/// </summary>
internal sealed class ProofEnvironment : IAsyncDisposable
{
    private const int MostRounds = 25;

    private readonly List<AppWorker> _workers = [];
    private readonly List<WorkerProcess> _processes = [];
    private readonly List<IAsyncDisposable> _beside = [];
    private readonly string _clickPrefix;
    private int _names;
    private int _prefixes;
    private long? _faultEnded;

    private ProofEnvironment(TestbedServer server, TestbedDatabase database, GoogleEmulator google, string clickPrefix) =>
        (Server, Database, Google, _clickPrefix) = (server, database, google, clickPrefix);

    public TestbedServer Server { get; private set; }

    public TestbedDatabase Database { get; private set; }

    public GoogleEmulator Google { get; }

    public Guid[] Sites { get; private set; } = [];

    public static async Task<ProofEnvironment> OpenAsync(TestbedServer server, ProofEnvironmentOptions options)
    {
        var environment = new ProofEnvironment(
            server, await server.CreateDatabaseAsync(), await GoogleEmulator.StartAsync(), options.ClickPrefix);
        await AllInvariants.WatchAsync(environment.Database);
        environment.Google.ProcessingDelay = TimeSpan.Zero;
        environment.Sites = await environment.Database.AddSitesAsync(options.Sites, options.UploadApi);
        await environment.EnqueueAsync(options.RowsPerSite);
        return environment;
    }

    /// <summary>Queues so many rows for each site.</summary>
    public Task EnqueueAsync(int rowsPerSite) => Database.EnqueueAsync(
        Sites, [.. Sites.Select(_ => rowsPerSite)], $"{_clickPrefix}{Interlocked.Increment(ref _prefixes)}-");

    /// <summary>A worker within this process.</summary>
    /// <param name="through">A proxy's connection string; null connects directly.</param>
    /// <param name="time">Its clock; null for the system's.</param>
    public async Task<WorkerClient> StartWorkerAsync(
        string? through = null, TimeProvider? time = null, params (string Name, string? Value)[] settings)
    {
        var worker = await AppWorker.StartAsync(SettingsFor(through, settings), time);
        _workers.Add(worker);
        return worker.Client;
    }

    /// <summary>A worker as a process of its own.</summary>
    public async Task<WorkerProcess> StartProcessAsync(
        string? through = null, params (string Name, string? Value)[] settings)
    {
        var process = await WorkerProcess.StartAsync(SettingsFor(through, settings));
        _processes.Add(process);
        return process;
    }

    /// <summary>A proxy before the database, for as long as the environment is there.</summary>
    public PostgresProxy StartProxy() => Own(new PostgresProxy(Database.WorkerConnectionString));

    /// <summary>Disposes it with the environment, after the workers.</summary>
    public T Own<T>(T beside)
        where T : IAsyncDisposable
    {
        _beside.Add(beside);
        return beside;
    }

    /// <summary>The fault is over: from here on the time to recover counts.</summary>
    public void EndFault() => _faultEnded = Stopwatch.GetTimestamp();

    /// <summary>From now on the database is the one on this server, which was a standby of the server before.</summary>
    public async Task MoveToAsync(TestbedServer standby)
    {
        await Database.Admin.DisposeAsync();
        (Server, Database) = (standby, standby.Find(Database));
    }

    /// <summary>
    /// Sixteen minutes in an instant. The database's clock cannot be moved, so what is compared with it is: claims and
    /// leases are aged, waits and open circuits end, submitted requests are due.
    /// </summary>
    public Task LetTimePassAsync() => Database.ExecuteAsync(
        """
        -- What a worker writes at this moment is skipped: to wait for it could be a deadlock.
        with rows as (
            select id
            from offline_conversion_queue
            where status = 'PROCESSING' and claimed_at > now() - interval '15 minutes'
               or status in ('QUEUED', 'RETRY') and next_retry_at > now()
            for update skip locked
        ),
        older as (
            update offline_conversion_queue q
            set claimed_at = case when q.status = 'PROCESSING' then now() - interval '16 minutes' end,
                next_retry_at = case when q.status = 'PROCESSING' then q.next_retry_at else now() end
            from rows r
            where q.id = r.id
        ),
        changes as (
            update conversion_corrections c
            set claimed_at = case when c.status = 'PROCESSING' then now() - interval '16 minutes' end,
                next_retry_at = case when c.status = 'PROCESSING' then c.next_retry_at else least(c.next_retry_at, now()) end
            where c.id in (
                select o.id
                from conversion_corrections o
                where o.status in ('PROCESSING', 'QUEUED', 'RETRY')
                for update skip locked)
        ),
        questions as (
            update provider_upload_requests
            set next_check_at = least(next_check_at, now()), lease_until = least(lease_until, now() - interval '1 second')
            where settled_at is null
        )
        update provider_health_state
        set next_probe_at = least(next_probe_at, now()),
            opened_at = opened_at - interval '16 minutes',
            probe_lease_until = least(probe_lease_until, now() - interval '1 second')
        """);

    /// <summary>Waits of rows and of open circuits are over; claims and leases stay as old as they are.</summary>
    public Task EndWaitsAsync() => Database.ExecuteAsync(
        """
        with waits as (
            update offline_conversion_queue
            set next_retry_at = now()
            where status = 'RETRY' and next_retry_at > now()
        )
        update provider_health_state set next_probe_at = now() where state = 'OPEN'
        """);

    /// <summary>What the runbook has an operator do after the fix: failed rows go back to the queue.</summary>
    public Task<int> RequeueAsync() => Database.ExecuteAsync(
        """
        update offline_conversion_queue
        set status = 'QUEUED', retry_count = 0, next_retry_at = null, last_error = null
        where status = 'FAILED'
        """);

    public async Task<long> CountAsync(string status) => await Database.ScalarAsync<long>(
        "select count(*) from offline_conversion_queue where status = $1", status);

    /// <summary>Makes sure that the fault struck where it was meant to.</summary>
    /// <exception cref="InvalidOperationException">No row is in that state: the scenario does not show what it is for.</exception>
    public async Task ExpectAsync(string status)
    {
        if (await CountAsync(status) == 0)
            throw new InvalidOperationException($"No row is {status} at the fault.");
    }

    /// <summary>Waits until a worker has done a batch of statements and holds their locks, its commit still to come.</summary>
    /// <exception cref="TimeoutException">No worker ever did, for a minute.</exception>
    public async Task UntilRowsAreLockedAsync()
    {
        var started = Stopwatch.GetTimestamp();
        while (await Database.ScalarAsync<long>(
            """
            select count(*)
            from pg_stat_activity a
            where a.datname = current_database() and a.application_name like 'worker-%'
              and a.state = 'active' and a.wait_event = 'ClientRead' and a.backend_xid is not null
            """) == 0)
        {
            if (Stopwatch.GetElapsedTime(started) > TimeSpan.FromMinutes(1))
                throw new TimeoutException("Never happened: a worker holds locks before its commit.");
            await Task.Delay(5);
        }
    }

    /// <summary>Lets time pass, recovers, uploads and confirms until every row has ended, or a minute is over.</summary>
    /// <returns>How long it took, from <see cref="EndFault"/> if the scenario says when that was.</returns>
    public async Task<TimeSpan> DrainAsync(WorkerClient worker)
    {
        var started = Stopwatch.GetTimestamp();
        var faultEnded = _faultEnded ?? started;
        // A connection may be from before a server's restart.
        Database.Admin.Clear();
        for (var round = 0; round < MostRounds && Stopwatch.GetElapsedTime(started) < TimeSpan.FromMinutes(1); round++)
        {
            await LetTimePassAsync();
            try
            {
                await worker.RecoverAsync();
                await worker.UploadAsync();
                if (await CountAsync("SUBMITTED") > 0)
                {
                    await LetTimePassAsync();
                    await worker.ConfirmAsync();
                }
            }
            catch (HttpRequestException)
            {
                // A worker whose connections broke hears of it once; the next call finds it well.
                await Task.Delay(100);
            }

            if (await CountAsync("COMPLETED") + await CountAsync("FAILED") == await TotalAsync() && !await HasCorrectionsAsync())
                break;
        }

        return Stopwatch.GetElapsedTime(faultEnded);
    }

    public async Task<ScenarioResult> CheckAsync(string name, TimeSpan timeToRecover)
    {
        var result = await AllInvariants.CheckAsync(name, Database, Google, timeToRecover);
        return _workers.Any(worker => worker.LeakedSecret) || _processes.Any(process => process.LeakedSecret)
            ? result with { Broken = [.. result.Broken, "a worker printed a secret"] }
            : result;
    }

    public async ValueTask DisposeAsync()
    {
        // Calls that hang would keep a worker from stopping.
        await Google.DisposeAsync();
        foreach (var process in _processes)
            await process.DisposeAsync();
        foreach (var worker in _workers)
            await worker.DisposeAsync();
        // The last first: a proxy before the server that it leads to, which the database is dropped on.
        await Database.DisposeAsync();
        foreach (var beside in Enumerable.Reverse(_beside))
            await beside.DisposeAsync();
    }

    // One that Google does not find is sought for a day: an attempt may have been counted, and was not.
    private Task<bool> HasCorrectionsAsync() => Database.ScalarAsync<bool>(
        """
        select exists (
            select
            from conversion_corrections c
            where c.status in ('QUEUED', 'PROCESSING')
               or c.status = 'RETRY' and c.provider_error_code is distinct from 'CONVERSION_NOT_FOUND')
        """);

    private Task<long> TotalAsync() => Database.ScalarAsync<long>("select count(*) from offline_conversion_queue");

    private Dictionary<string, string?> SettingsFor(string? through, IEnumerable<(string, string?)> more)
    {
        // The audit tells workers apart by this name.
        var connection = new NpgsqlConnectionStringBuilder(through ?? Database.WorkerConnectionString)
        {
            ApplicationName = $"worker-{Interlocked.Increment(ref _names)}",
        };
        return WorkerSettings.For(connection.ConnectionString, Google, more);
    }
}

/// <summary>What is queued before a scenario begins.</summary>
/// <param name="Sites">Sites with credentials of their own.</param>
/// <param name="RowsPerSite">Rows of each.</param>
/// <param name="ClickPrefix">Within the click ids: <c>once-INTERNAL_ERROR-</c> makes Google refuse each the first time.</param>
/// <param name="OwnServer">The scenario stops the server: it gets one of its own.</param>
/// <param name="UploadApi">The sites' way to Google; null for what they used before there was a choice.</param>
internal sealed record ProofEnvironmentOptions(
    int Sites = 6, int RowsPerSite = 20, string ClickPrefix = "", bool OwnServer = false, string? UploadApi = null)
{
    /// <summary>How the scenario's own server is set up.</summary>
    public PrivatePostgresOptions ServerOptions { get; init; } = new();
}
