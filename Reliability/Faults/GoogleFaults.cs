using OpsMantik.Local.GoogleEmulator;
using OpsMantik.Reliability.Stages;
using OpsMantik.Testbed.Workers;

namespace OpsMantik.Reliability.Faults;

/// <summary>Google's answers, late, wrong, cut or missing.</summary>
internal static class GoogleFaults
{
    // Makes every second row one that Google refuses the first time: a partial failure to cut through.
    private static readonly StageOptions PartialFailure = new(ClickPrefix: "once-INTERNAL_ERROR-");

    public static IReadOnlyList<FaultScenario> All { get; } =
    [
        new("Google 429, for a while", stage => AnswerAsync(stage, CallBehaviour.QuotaTemporary())),
        new("Google 429, for the day", stage => AnswerAsync(stage, CallBehaviour.QuotaDaily())),
        new("Google 500", stage => AnswerAsync(stage, CallBehaviour.ServerError(500))),
        new("Google 503 as a page", stage => AnswerAsync(stage, CallBehaviour.ServerError(503, html: true))),
        new("Google hangs", stage => AnswerAsync(stage, CallBehaviour.Hang)),
        new("Google hangs, having counted", stage => AnswerAsync(stage, CallBehaviour.HangAfterAccept)),
        new("Google cuts", stage => AnswerAsync(stage, CallBehaviour.Cut)),
        new("Google cuts, having counted", stage => AnswerAsync(stage, CallBehaviour.CutAfterAccept)),
        new("Google answers garbage", stage => AnswerAsync(stage, CallBehaviour.Garbage)),
        new("Google drips", stage => AnswerAsync(stage, CallBehaviour.SlowDrip(TimeSpan.FromMilliseconds(50)))),
        new("Google's partial failure truncated", stage => AnswerAsync(stage, CallBehaviour.TruncatedJson))
        {
            Options = PartialFailure,
        },
        new("Google down until circuits open", OpenCircuitsAsync),
    ];

    /// <summary>Two calls per site go wrong, the rest are answered well.</summary>
    private static async Task<WorkerClient> AnswerAsync(Stage stage, CallBehaviour behaviour)
    {
        stage.Google.SetBehaviour(null, behaviour);
        // Short only for an answer that does not come: a busy machine must not turn the others into it.
        var hangs = behaviour.Kind is BehaviourKind.Hang or BehaviourKind.HangAfterAccept or BehaviourKind.SlowDrip;
        var worker = await stage.StartWorkerAsync(null, null, ("GoogleAds:RequestTimeout", hangs ? "00:00:01" : "00:01:00"));
        await worker.UploadAsync();
        await stage.LetTimePassAsync();
        await worker.UploadAsync();
        // The rest are answered in time, however busy the machine is.
        stage.Google.SetBehaviour(null, CallBehaviour.Normal);
        return await stage.StartWorkerAsync();
    }

    private static async Task<WorkerClient> OpenCircuitsAsync(Stage stage)
    {
        stage.Google.SetBehaviour(null, CallBehaviour.ServerError());
        var (one, other) = (await stage.StartWorkerAsync(), await stage.StartWorkerAsync());
        for (var failures = 0; failures < 6; failures++)
        {
            await Task.WhenAll(one.UploadAsync(60), other.UploadAsync(60));
            await stage.LetTimePassAsync();
        }

        if (await stage.Database.ScalarAsync<long>("select count(*) from audit_circuits where new_state = 'OPEN'") == 0)
            throw new InvalidOperationException("No circuit opened: the scenario does not show what it is for.");
        // New sales, so that probes have more rows waiting than they may take.
        await stage.EnqueueAsync(10);
        stage.Google.SetBehaviour(null, CallBehaviour.Normal);
        await Task.WhenAll(one.UploadAsync(), other.UploadAsync());
        return one;
    }
}
