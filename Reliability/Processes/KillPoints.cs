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
            victim => victim.ReachAsync(Statements.Claim, TrapKind.BeforeAnswer, victim.StartUpload))
        {
            AtDeathAsync = victim => ExpectAsync(victim, processing: true, completed: false, sent: false),
        },
        new("killed after credentials open", async victim =>
        {
            victim.Stage.Google.SetBehaviour(null, CallBehaviour.Hang, CallTarget.Token);
            victim.StartUpload();
            await Calls.UntilAsync(() => victim.Stage.Google.TokenCalls.Count > 0, "a token is asked for");
        })
        {
            AtDeathAsync = victim => ExpectAsync(victim, processing: true, completed: false, sent: false),
        },
        new("killed after the request is sent", async victim =>
        {
            victim.Stage.Google.SetBehaviour(null, CallBehaviour.HangAfterAccept);
            victim.StartUpload();
            await Calls.UntilAsync(() => victim.Stage.Google.EffectCount > 0, "a request is counted");
        })
        {
            AtDeathAsync = victim => ExpectAsync(victim, processing: true, completed: false, sent: true),
        },
        new("killed after the answer",
            victim => victim.ReachAsync(Statements.WriteBack, TrapKind.BeforeStatement, victim.StartUpload))
        {
            AfterDeathAsync = victim => ExpectAsync(victim, processing: true, completed: null, sent: true),
        },
        new("killed inside the write-back, before commit",
            victim => victim.ReachAsync(Statements.WriteBack, TrapKind.BeforeCommit, victim.StartUpload))
        {
            AfterDeathAsync = victim => ExpectAsync(victim, processing: true, completed: null, sent: true),
        },
        new("killed inside the write-back, after commit",
            victim => victim.ReachAsync(Statements.WriteBack, TrapKind.BeforeAnswer, victim.StartUpload))
        {
            AtDeathAsync = victim => ExpectAsync(victim, processing: null, completed: true, sent: true),
        },
        new("killed inside recovery", async victim =>
        {
            await LeaveBehindAsync(victim);
            await victim.ReachAsync(Statements.Recovery, TrapKind.BeforeCommit, victim.StartRecovery);
        })
        {
            AfterDeathAsync = victim => ExpectAsync(victim, processing: true, completed: false, sent: false),
        },
        new("killed while holding a probe", async victim =>
        {
            await OpenCircuitsAsync(victim);
            victim.Stage.Google.SetBehaviour(null, CallBehaviour.HangAfterAccept);
            victim.StartUpload();
            await Calls.UntilAsync(() => victim.Stage.Google.EffectCount > 0, "a probe is counted");
        })
        {
            AfterDeathAsync = ExpectProbeHeldAsync,
        },
        new("killed at a random moment", async victim =>
        {
            victim.Stage.Google.SetBehaviour(null, CallBehaviour.Latency(TimeSpan.FromMilliseconds(100)));
            victim.StartUpload();
            // Counted from its start alone, a busy machine would die before anything was claimed.
            var from = victim.Random.Next(3);
            if (from == 1)
                await Calls.UntilAsync(() => victim.Stage.Google.TokenCalls.Count > 0, "a token is asked for");
            if (from == 2)
                await Calls.UntilAsync(() => victim.Stage.Google.EffectCount > 0, "a request is counted");
            await Task.Delay(victim.Random.Next(500));
        }),
        .. DataManagerKillPoints.All,
    ];

    private static async Task ExpectAsync(Victim victim, bool? processing, bool? completed, bool sent)
    {
        var stage = victim.Stage;
        var (under, done) = (await stage.CountAsync("PROCESSING") > 0, await stage.CountAsync("COMPLETED") > 0);
        if (processing is { } inFlight && inFlight != under
            || completed is { } written && written != done
            || sent != stage.Google.EffectCount > 0)
        {
            throw new InvalidOperationException(
                $"Missed the moment: rows in flight {under}, written {done}, effects {stage.Google.EffectCount}.");
        }
    }

    /// <summary>As a worker leaves rows that dies at once.</summary>
    private static Task<int> LeaveBehindAsync(Victim victim) => victim.Stage.Database.ExecuteAsync(
        """
        update offline_conversion_queue
        set status = 'PROCESSING', claim_token = gen_random_uuid(), claimed_at = now() - interval '16 minutes',
            claim_count = 1
        """);

    private static Task<int> OpenCircuitsAsync(Victim victim) => victim.Stage.Database.ExecuteAsync(
        """
        insert into provider_health_state (site_id, provider_key, state, failure_count, opened_at, next_probe_at)
        select s.id, 'google_ads', 'OPEN', 5, now() - interval '6 minutes', now()
        from sites s
        """);

    /// <summary>The probe's lease outlives its holder: until it ends nobody else sends for the group.</summary>
    private static async Task ExpectProbeHeldAsync(Victim victim)
    {
        var other = await victim.Stage.StartWorkerAsync();
        var done = await other.UploadAsync();
        if (done.Processed != 0 || await victim.Stage.Database.ScalarAsync<long>(
            "select count(*) from provider_health_state where state = 'HALF_OPEN' and probe_lease_until > now()") == 0)
            throw new InvalidOperationException($"{done.Processed} rows were sent past a probe's lease.");
    }
}
