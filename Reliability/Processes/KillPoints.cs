using OpsMantik.Local.GoogleEmulator;
using OpsMantik.Reliability.Faults;
using OpsMantik.Reliability.Proxy;

namespace OpsMantik.Reliability.Processes;

/// <summary>
/// The moments. None needs a hook in the worker: the emulator holds its requests, the proxy its statements.
/// </summary>
internal static class KillPoints
{
    public static IReadOnlyList<KillPoint> All { get; } =
    [
        new("killed after the claim commits",
            underTest => underTest.ReachAsync(Statements.Claim, BreakpointKind.BeforeAnswer, underTest.StartUpload))
        {
            AtDeathAsync = underTest => ExpectAsync(underTest, processing: true, completed: false, sent: false),
        },
        new("killed after credentials open", async underTest =>
        {
            underTest.Environment.Google.SetBehaviour(null, CallBehaviour.Hang, CallTarget.Token);
            underTest.StartUpload();
            await Calls.UntilAsync(() => underTest.Environment.Google.TokenCalls.Count > 0, "a token is asked for");
        })
        {
            AtDeathAsync = underTest => ExpectAsync(underTest, processing: true, completed: false, sent: false),
        },
        new("killed after the request is sent", async underTest =>
        {
            underTest.Environment.Google.SetBehaviour(null, CallBehaviour.HangAfterAccept);
            underTest.StartUpload();
            await Calls.UntilAsync(() => underTest.Environment.Google.EffectCount > 0, "a request is counted");
        })
        {
            AtDeathAsync = underTest => ExpectAsync(underTest, processing: true, completed: false, sent: true),
        },
        new("killed after the answer",
            underTest => underTest.ReachAsync(Statements.WriteBack, BreakpointKind.BeforeStatement, underTest.StartUpload))
        {
            AfterDeathAsync = underTest => ExpectAsync(underTest, processing: true, completed: null, sent: true),
        },
        new("killed inside the write-back, before commit",
            underTest => underTest.ReachAsync(Statements.WriteBack, BreakpointKind.BeforeCommit, underTest.StartUpload))
        {
            AfterDeathAsync = underTest => ExpectAsync(underTest, processing: true, completed: null, sent: true),
        },
        new("killed inside the write-back, after commit",
            underTest => underTest.ReachAsync(Statements.WriteBack, BreakpointKind.BeforeAnswer, underTest.StartUpload))
        {
            AtDeathAsync = underTest => ExpectAsync(underTest, processing: null, completed: true, sent: true),
        },
        new("killed inside recovery", async underTest =>
        {
            await LeaveBehindAsync(underTest);
            await underTest.ReachAsync(Statements.Recovery, BreakpointKind.BeforeCommit, underTest.StartRecovery);
        })
        {
            AfterDeathAsync = underTest => ExpectAsync(underTest, processing: true, completed: false, sent: false),
        },
        new("killed while holding a probe", async underTest =>
        {
            await OpenCircuitsAsync(underTest);
            underTest.Environment.Google.SetBehaviour(null, CallBehaviour.HangAfterAccept);
            underTest.StartUpload();
            await Calls.UntilAsync(() => underTest.Environment.Google.EffectCount > 0, "a probe is counted");
        })
        {
            AfterDeathAsync = ExpectProbeHeldAsync,
        },
        new("killed at a random moment", async underTest =>
        {
            underTest.Environment.Google.SetBehaviour(null, CallBehaviour.Latency(TimeSpan.FromMilliseconds(100)));
            underTest.StartUpload();
            // Counted from its start alone, a busy machine would die before anything was claimed.
            var from = underTest.Random.Next(3);
            if (from == 1)
                await Calls.UntilAsync(() => underTest.Environment.Google.TokenCalls.Count > 0, "a token is asked for");
            if (from == 2)
                await Calls.UntilAsync(() => underTest.Environment.Google.EffectCount > 0, "a request is counted");
            await Task.Delay(underTest.Random.Next(500));
        }),
        .. DataManagerKillPoints.All,
    ];

    private static async Task ExpectAsync(WorkerUnderTest underTest, bool? processing, bool? completed, bool sent)
    {
        var environment = underTest.Environment;
        var (under, done) = (await environment.CountAsync("PROCESSING") > 0, await environment.CountAsync("COMPLETED") > 0);
        if (processing is { } inFlight && inFlight != under
            || completed is { } written && written != done
            || sent != environment.Google.EffectCount > 0)
        {
            throw new InvalidOperationException(
                $"Missed the moment: rows in flight {under}, written {done}, effects {environment.Google.EffectCount}.");
        }
    }

    /// <summary>As a worker leaves rows that dies at once.</summary>
    private static Task<int> LeaveBehindAsync(WorkerUnderTest underTest) => underTest.Environment.Database.ExecuteAsync(
        """
        update offline_conversion_queue
        set status = 'PROCESSING', claim_token = gen_random_uuid(), claimed_at = now() - interval '16 minutes',
            claim_count = 1
        where status = 'QUEUED'
        """);

    private static Task<int> OpenCircuitsAsync(WorkerUnderTest underTest) => underTest.Environment.Database.ExecuteAsync(
        """
        insert into provider_health_state (site_id, provider_key, state, failure_count, opened_at, next_probe_at)
        select s.id, 'google_ads', 'OPEN', 5, now() - interval '6 minutes', now()
        from sites s
        """);

    /// <summary>The probe's lease outlives its holder: until it ends nobody else sends for the group.</summary>
    private static async Task ExpectProbeHeldAsync(WorkerUnderTest underTest)
    {
        var other = await underTest.Environment.StartWorkerAsync();
        var done = await other.UploadAsync();
        if (done.Processed != 0 || await underTest.Environment.Database.ScalarAsync<long>(
            "select count(*) from provider_health_state where state = 'HALF_OPEN' and probe_lease_until > now()") == 0)
            throw new InvalidOperationException($"{done.Processed} rows were sent past a probe's lease.");
    }
}

/// <summary>The moments of the way that is accepted now and confirmed later.</summary>
internal static class DataManagerKillPoints
{
    private static readonly ProofEnvironmentOptions Options = new(Sites: 4, RowsPerSite: 10, UploadApi: "data_manager");

    public static IReadOnlyList<KillPoint> All { get; } =
    [
        new("Data Manager: killed between ingest and write-back",
            underTest => underTest.ReachAsync(Statements.WriteBack, BreakpointKind.BeforeStatement, underTest.StartUpload))
        {
            Options = Options,
            AfterDeathAsync = underTest => ExpectAsync(underTest, "PROCESSING"),
        },
        new("Data Manager: killed before a confirmation is settled", underTest => SettleAsync(underTest, BreakpointKind.BeforeStatement))
        {
            Options = Options,
            AfterDeathAsync = underTest => ExpectAsync(underTest, "SUBMITTED"),
        },
        new("Data Manager: killed inside the settling, before commit", underTest => SettleAsync(underTest, BreakpointKind.BeforeCommit))
        {
            Options = Options,
            AfterDeathAsync = underTest => ExpectAsync(underTest, "SUBMITTED"),
        },
        new("Data Manager: killed inside the settling, after commit", underTest => SettleAsync(underTest, BreakpointKind.BeforeAnswer))
        {
            Options = Options,
            AtDeathAsync = underTest => ExpectAsync(underTest, "COMPLETED"),
        },
    ];

    private static async Task SettleAsync(WorkerUnderTest underTest, BreakpointKind kind)
    {
        await underTest.Process.Client.UploadAsync();
        await underTest.Environment.LetTimePassAsync();
        await underTest.ReachAsync(Statements.Settling, kind, underTest.StartConfirmation);
    }

    private static async Task ExpectAsync(WorkerUnderTest underTest, string status)
    {
        await underTest.Environment.ExpectAsync(status);
        if (underTest.Environment.Google.IngestCalls.Count == 0)
            throw new InvalidOperationException("Missed the moment: nothing was ingested.");
    }
}
