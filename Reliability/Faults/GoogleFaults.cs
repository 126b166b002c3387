using OpsMantik.Local.GoogleEmulator;
using OpsMantik.Testbed.Workers;

namespace OpsMantik.Reliability.Faults;

/// <summary>Google's answers, late, wrong, cut or missing.</summary>
internal static class GoogleFaults
{
    // Makes every second row one that Google refuses the first time: a partial failure to cut through.
    private static readonly ProofEnvironmentOptions PartialFailure = new(ClickPrefix: "once-INTERNAL_ERROR-");

    public static IReadOnlyList<FaultScenario> All { get; } =
    [
        new("Google 429, for a while", environment => AnswerAsync(environment, CallBehaviour.QuotaTemporary())),
        new("Google 429, for the day", environment => AnswerAsync(environment, CallBehaviour.QuotaDaily())),
        new("Google 500", environment => AnswerAsync(environment, CallBehaviour.ServerError(500))),
        new("Google 503 as a page", environment => AnswerAsync(environment, CallBehaviour.ServerError(503, html: true))),
        new("Google hangs", environment => AnswerAsync(environment, CallBehaviour.Hang)),
        new("Google hangs, having counted", environment => AnswerAsync(environment, CallBehaviour.HangAfterAccept)),
        new("Google cuts", environment => AnswerAsync(environment, CallBehaviour.Cut)),
        new("Google cuts, having counted", environment => AnswerAsync(environment, CallBehaviour.CutAfterAccept)),
        new("Google answers garbage", environment => AnswerAsync(environment, CallBehaviour.Garbage)),
        new("Google drips", environment => AnswerAsync(environment, CallBehaviour.SlowDrip(TimeSpan.FromMilliseconds(50)))),
        new("Google's partial failure truncated", environment => AnswerAsync(environment, CallBehaviour.TruncatedJson))
        {
            Options = PartialFailure,
        },
        new("Google down until circuits open", OpenCircuitsAsync),
    ];

    /// <summary>Two calls per site go wrong, the rest are answered well.</summary>
    private static async Task<WorkerClient> AnswerAsync(ProofEnvironment environment, CallBehaviour behaviour)
    {
        environment.Google.SetBehaviour(null, behaviour);
        // Short only for an answer that does not come: a busy machine must not turn the others into it.
        var hangs = behaviour.Kind is BehaviourKind.Hang or BehaviourKind.HangAfterAccept or BehaviourKind.SlowDrip;
        var worker = await environment.StartWorkerAsync(null, null, ("GoogleAds:RequestTimeout", hangs ? "00:00:01" : "00:01:00"));
        await worker.UploadAsync();
        await environment.LetTimePassAsync();
        await worker.UploadAsync();
        // The rest are answered in time, however busy the machine is.
        environment.Google.SetBehaviour(null, CallBehaviour.Normal);
        return await environment.StartWorkerAsync();
    }

    private static async Task<WorkerClient> OpenCircuitsAsync(ProofEnvironment environment)
    {
        environment.Google.SetBehaviour(null, CallBehaviour.ServerError());
        var (one, other) = (await environment.StartWorkerAsync(), await environment.StartWorkerAsync());
        for (var failures = 0; failures < 6; failures++)
        {
            await Task.WhenAll(one.UploadAsync(60), other.UploadAsync(60));
            await environment.LetTimePassAsync();
        }

        if (await environment.Database.ScalarAsync<long>("select count(*) from audit_circuits where new_state = 'OPEN'") == 0)
            throw new InvalidOperationException("No circuit opened: the scenario does not show what it is for.");
        // New sales, so that probes have more rows waiting than they may take.
        await environment.EnqueueAsync(10);
        environment.Google.SetBehaviour(null, CallBehaviour.Normal);
        await Task.WhenAll(one.UploadAsync(), other.UploadAsync());
        return one;
    }
}
