using OpsMantik.Local.GoogleEmulator;
using OpsMantik.Reliability.Proxy;
using OpsMantik.Testbed;
using OpsMantik.Testbed.Workers;

namespace OpsMantik.Reliability.Faults;

/// <summary>
/// The server restarted, as by a crash, in the middle of each kind of statement: executed and not committed, then committed
/// and not answered. Of the first nothing may be left, of the second everything.
/// </summary>
internal static class StatementFaults
{
    private static readonly ProofEnvironmentOptions OwnServer = new(Sites: 4, RowsPerSite: 5, OwnServer: true);

    private static readonly ProofEnvironmentOptions DataManager = OwnServer with { UploadApi = "data_manager" };

    public static IReadOnlyList<FaultScenario> All { get; } =
    [
        Restart("a claim", new(Statements.Claim)) with { IsSlow = false },
        Restart("a claim that defers", new(Statements.Deferral) { ArrangeAsync = environment => OpenCircuitsAsync(environment, "5 minutes") }),
        Restart("a claim that probes", new(Statements.Claim) { ArrangeAsync = environment => OpenCircuitsAsync(environment, "0") }),
        Restart("a claim, before its empty probes are freed", new(Statements.FreedProbes)
        {
            ArrangeAsync = environment => OpenCircuitsAsync(environment, "0"),
            Before = BreakpointKind.BeforeStatement,
        }),
        Restart("a shift of times", new(Statements.Shift) { ArrangeAsync = ShareClicksAsync }) with { IsSlow = false },
        Restart("a write-back", new(Statements.WriteBack)) with { IsSlow = false },
        Restart("a write-back that opens a circuit", new(Statements.WriteBack) { ArrangeAsync = ExpectFifthFailureAsync }),
        Restart("a write-back that closes a circuit", new(Statements.WriteBack) { ArrangeAsync = environment => OpenCircuitsAsync(environment, "0") }),
        Restart("the end of a refused row", new(Statements.RefusedRow) { ArrangeAsync = RefuseAsync, MendAsync = AcceptAsync }),
        Restart("a release", new(Statements.Release)
        {
            ArrangeAsync = environment =>
            {
                environment.Google.SetBehaviour(null, CallBehaviour.Latency(TimeSpan.FromSeconds(1.2)));
                return Task.CompletedTask;
            },
            Settings = [("Upload:TimeBudget", "00:00:01")],
        }),
        Restart("a recovery", new(Statements.Recovery) { ArrangeAsync = LeaveBehindAsync, Call = worker => worker.TryRecoverAsync() }),
        Restart("a recovery row by row", new(Statements.RowByRow) { ArrangeAsync = LeaveBehindAsync, Call = worker => worker.TryRecoverAsync() }),
        Restart("a recovery of circuits", new(Statements.CircuitRecovery)
        {
            ArrangeAsync = environment => OpenCircuitsAsync(environment, "0", heldFor: "2 days"),
            Call = worker => worker.TryRecoverAsync(),
        }),
        Restart("the end of endless rows", new(Statements.Endless)
        {
            ArrangeAsync = LeaveEndlessAsync,
            Call = worker => worker.TryRecoverAsync(),
            MendAsync = environment => environment.RequeueAsync(),
        }),
        Restart("a backlog sample", new(Statements.Backlog)),
        Restart("a job's time", new(Statements.Tick)),
        Restart("Data Manager: a write-back", new(Statements.WriteBack)) with { Options = DataManager },
        Restart("Data Manager: a lease of requests", new(Statements.RequestLease)) with { Options = DataManager },
        Restart("Data Manager: a lease", new(Statements.Lease) { ArrangeAsync = SubmitAsync, Call = worker => worker.TryConfirmAsync() })
            with { Options = DataManager },
        Restart("Data Manager: a settling", new(Statements.Settling) { ArrangeAsync = SubmitAsync, Call = worker => worker.TryConfirmAsync() })
            with { Options = DataManager },
        Restart("Data Manager: a postponement", new(Statements.Postponement)
        {
            ArrangeAsync = async environment =>
            {
                environment.Google.NeverFinish = true;
                await SubmitAsync(environment);
            },
            Call = worker => worker.TryConfirmAsync(),
            MendAsync = environment =>
            {
                environment.Google.NeverFinish = false;
                return Task.CompletedTask;
            },
        }) with { Options = DataManager },
    ];

    private static FaultScenario Restart(string what, StatementUnderFault statement) =>
        new($"restart inside {what}", environment => RestartAsync(environment, statement)) { Options = OwnServer, IsSlow = true };

    private static async Task<WorkerClient> RestartAsync(ProofEnvironment environment, StatementUnderFault statement)
    {
        var proxy = environment.StartProxy();
        var worker = default(WorkerClient);
        foreach (var kind in new[] { statement.Before, BreakpointKind.BeforeAnswer })
        {
            // One group at a time: beside the statement that is held nothing writes. A new one each time: what it has prepared,
            // the proxy does not see by its text.
            worker = await environment.StartWorkerAsync(
                proxy.ConnectionString, null, [("Upload:MaxParallelGroups", "1"), .. statement.Settings]);
            await environment.EnqueueAsync(3);
            await statement.ArrangeAsync(environment);
            var breakpoint = proxy.Set(statement.Text, kind);
            var before = await Fingerprint.ReadAsync(environment.Database);
            var call = statement.Call(worker);
            var reached = await Task.WhenAny(breakpoint.Reached, call);
            if (reached == call)
                throw new InvalidOperationException("The call ended without that statement.");
            var committed = await Fingerprint.ReadAsync(environment.Database);
            // Nobody repeats anything before what is left was looked at.
            proxy.Silent = true;
            await environment.Server.Postgres.RestartAsync(immediate: true);
            environment.Database.Admin.Clear();
            if (await Fingerprint.ReadAsync(environment.Database) != committed)
                throw new InvalidOperationException($"The restart changed what was committed ({kind}).");
            if (kind == BreakpointKind.BeforeAnswer && committed == before)
                throw new InvalidOperationException("The statement changed nothing: the scenario does not show what it is for.");
            environment.EndFault();
            proxy.Silent = false;
            breakpoint.Drop();
            await call;
            environment.Google.SetBehaviour(null, CallBehaviour.Normal);
            await statement.MendAsync(environment);
        }

        return worker!;
    }

    private static Task<int> OpenCircuitsAsync(ProofEnvironment environment, string wait, string heldFor = "0") => environment.Database.ExecuteAsync(
        """
        insert into provider_health_state as h (site_id, provider_key, state, failure_count, opened_at, next_probe_at, probe_token, probe_lease_until)
        select s.id, 'google_ads', (case when $2 = '0' then 'OPEN' else 'HALF_OPEN' end)::provider_circuit_state, 5, now() - interval '6 minutes',
               now() + $1::interval, case when $2 <> '0' then gen_random_uuid() end, case when $2 <> '0' then now() + $2::interval end
        from sites s
        on conflict (site_id, provider_key) do update
        set state = excluded.state, failure_count = 5, opened_at = excluded.opened_at, next_probe_at = excluded.next_probe_at,
            probe_token = case when $2 <> '0' then coalesce(h.probe_token, excluded.probe_token) end, probe_lease_until = excluded.probe_lease_until, probe_run_id = null
        """,
        wait, heldFor);

    /// <summary>Four failures were counted, and the next call fails.</summary>
    private static Task<int> ExpectFifthFailureAsync(ProofEnvironment environment)
    {
        environment.Google.SetBehaviour(null, CallBehaviour.ServerError());
        return environment.Database.ExecuteAsync(
            """
            insert into provider_health_state as h (site_id, provider_key, failure_count)
            select s.id, 'google_ads', 4 from sites s
            on conflict (site_id, provider_key) do update
            set state = 'CLOSED', failure_count = 4, opened_at = null, next_probe_at = null, probe_token = null, probe_lease_until = null
            """);
    }

    /// <summary>Of each site's waiting sales two are of one click, in the same second.</summary>
    private static Task<int> ShareClicksAsync(ProofEnvironment environment) => environment.Database.ExecuteAsync(
        """
        update offline_conversion_queue q
        set gclid = p.gclid, conversion_time = p.conversion_time
        from (
            select w.site_id, min(w.gclid) as gclid, min(w.conversion_time) as conversion_time,
                   (array_agg(w.id order by w.gclid))[2] as second
            from offline_conversion_queue w
            where w.status = 'QUEUED' and w.claim_count = 0
            group by w.site_id
        ) p
        where q.id = p.second
        """);

    // A rule of the application's own, that no row may be written as ended.
    private static Task<int> RefuseAsync(ProofEnvironment environment) => environment.Database.ExecuteAsync(
        """
        create or replace function refuse() returns trigger language plpgsql as $$
        begin
            raise exception 'the application refuses this';
        end $$;
        create trigger refuse before update on offline_conversion_queue for each row
            when (old.status = 'PROCESSING' and new.status = 'COMPLETED') execute function refuse();
        """);

    private static async Task AcceptAsync(ProofEnvironment environment)
    {
        await environment.Database.ExecuteAsync("drop trigger refuse on offline_conversion_queue");
        await environment.RequeueAsync();
    }

    /// <summary>As a worker leaves rows that dies at once.</summary>
    private static Task<int> LeaveBehindAsync(ProofEnvironment environment) => environment.Database.ExecuteAsync(
        """
        update offline_conversion_queue
        set status = 'PROCESSING', claim_token = gen_random_uuid(), claimed_at = now() - interval '16 minutes', claim_count = 1
        where status = 'QUEUED'
        """);

    /// <summary>As rows are left that end whichever worker takes them.</summary>
    private static Task<int> LeaveEndlessAsync(ProofEnvironment environment) => environment.Database.ExecuteAsync(
        """
        update offline_conversion_queue
        set status = 'PROCESSING', claim_token = gen_random_uuid(), claimed_at = now() - interval '16 minutes', claim_count = 25
        where status = 'QUEUED'
        """);

    private static async Task SubmitAsync(ProofEnvironment environment)
    {
        await (await environment.StartWorkerAsync()).UploadAsync();
        await environment.LetTimePassAsync();
        await environment.ExpectAsync("SUBMITTED");
    }
}

/// <summary>A statement in whose middle the server is restarted.</summary>
/// <param name="Text">By which the proxy knows it.</param>
internal sealed record StatementUnderFault(string Text)
{
    /// <summary>Brings about that a worker will send it.</summary>
    public Func<ProofEnvironment, Task> ArrangeAsync { get; init; } = _ => Task.CompletedTask;

    /// <summary>The call that sends it.</summary>
    public Func<WorkerClient, Task> Call { get; init; } = worker => worker.TryUploadAsync();

    /// <summary>What an operator does afterwards.</summary>
    public Func<ProofEnvironment, Task> MendAsync { get; init; } = _ => Task.CompletedTask;

    /// <summary>Where it is held the first time.</summary>
    public BreakpointKind Before { get; init; } = BreakpointKind.BeforeCommit;

    public IReadOnlyList<(string Name, string? Value)> Settings { get; init; } = [];
}

/// <summary>All that a worker's statements change, as one text: what a statement left behind can be told from nothing.</summary>
internal static class Fingerprint
{
    public static async Task<string> ReadAsync(TestbedDatabase database) => (await database.ScalarAsync<string>(
        """
        select md5(concat(
            (select string_agg(q::text, ';' order by q.id) from offline_conversion_queue q),
            (select string_agg(h::text, ';' order by h.site_id) from provider_health_state h),
            (select string_agg(m::text, ';' order by m.site_id) from provider_upload_metrics m),
            (select string_agg(r::text, ';' order by r.request_id) from provider_upload_requests r),
            (select string_agg(t::text, ';' order by t.job) from worker_ticks t),
            (select string_agg(l::text, ';' order by l.project, l.kind) from provider_request_limits l),
            (select count(*) from provider_upload_attempts),
            (select count(*) from provider_backlog_samples),
            (select count(*) from offline_conversion_set_aside)))
        """))!;
}
