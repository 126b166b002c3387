using OpsMantik.Local.GoogleEmulator;
using OpsMantik.Testbed.Workers;

namespace OpsMantik.Reliability.Faults;

/// <summary>Workers in each other's way, with clocks that differ, or told to stop.</summary>
internal static class ConcurrencyFaults
{
    public static IReadOnlyList<FaultScenario> All { get; } =
    [
        new("two uploads and a recovery at once", AllAtOnceAsync),
        new("a late worker after its recovery", BeLateAsync),
        new("late corrections after their recovery", CorrectLateAsync),
        new("worker clocks two hours off", ClocksAsync),
        new("stopped in the middle of a run", StopAsync),
    ];

    private static async Task<WorkerClient> AllAtOnceAsync(ProofEnvironment environment)
    {
        environment.Google.SetBehaviour(null, CallBehaviour.Latency(TimeSpan.FromMilliseconds(200)));
        var (one, other, third) =
            (await environment.StartWorkerAsync(), await environment.StartWorkerAsync(), await environment.StartWorkerAsync());
        var uploads = Task.WhenAll(one.TryUploadAsync(), other.TryUploadAsync());
        while (!uploads.IsCompleted)
        {
            // Claims are old at once, so recovery takes them from live workers.
            await environment.LetTimePassAsync();
            await third.RecoverAsync();
            await third.UploadAsync(10);
        }

        await uploads;
        return one;
    }

    /// <summary>
    /// One worker's answers are late; its rows are recovered and claimed by another, whose answers are on their way when
    /// the first ones arrive.
    /// </summary>
    private static async Task<WorkerClient> BeLateAsync(ProofEnvironment environment)
    {
        var sites = environment.Sites.Length;
        environment.Google.QueueBehaviour(null, CallBehaviour.Latency(TimeSpan.FromSeconds(1)), sites);
        environment.Google.QueueBehaviour(null, CallBehaviour.Latency(TimeSpan.FromSeconds(2)), sites);
        var (late, other) = (await environment.StartWorkerAsync(), await environment.StartWorkerAsync());
        var first = late.TryUploadAsync();
        await Calls.UntilAsync(() => environment.Google.Calls.Count >= sites, "every group in flight");

        await environment.LetTimePassAsync();
        await other.RecoverAsync();
        await Task.WhenAll(first, other.TryUploadAsync());
        return other;
    }

    /// <summary>The same with corrections, for which no audit of rows is there.</summary>
    private static async Task<WorkerClient> CorrectLateAsync(ProofEnvironment environment)
    {
        var sites = environment.Sites.Length;
        var (late, other) = (await environment.StartWorkerAsync(), await environment.StartWorkerAsync());
        await other.UploadAsync();
        await environment.Database.ExecuteAsync("update sales set amount_cents = 7000");
        environment.Google.QueueBehaviour(null, CallBehaviour.Latency(TimeSpan.FromSeconds(1)), sites, CallTarget.Adjustment);
        environment.Google.QueueBehaviour(null, CallBehaviour.Latency(TimeSpan.FromSeconds(2)), sites, CallTarget.Adjustment);
        var first = late.TryUploadAsync();
        await Calls.UntilAsync(() => environment.Google.AdjustmentCalls.Count >= sites, "every correction in flight");

        await environment.LetTimePassAsync();
        await other.RecoverAsync();
        await Task.WhenAll(first, other.TryUploadAsync());
        return other;
    }

    private static async Task<WorkerClient> ClocksAsync(ProofEnvironment environment)
    {
        environment.Google.QueueBehaviour(null, CallBehaviour.ServerError(), 4);
        var (behind, ahead) = (
            await environment.StartWorkerAsync(null, new ShiftedTime(TimeSpan.FromHours(-2))),
            await environment.StartWorkerAsync(null, new ShiftedTime(TimeSpan.FromHours(2))));
        await Task.WhenAll(behind.UploadAsync(20), ahead.UploadAsync(20));
        await Task.WhenAll(behind.RecoverAsync(), ahead.RecoverAsync());
        await Task.WhenAll(behind.UploadAsync(), ahead.UploadAsync());
        // Nothing was old enough for a recovery, nor due for a second try: only a worker's own clock could say so.
        if (await environment.Database.ScalarAsync<long>(
            "select count(*) from (select from audit_rows where new_status = 'PROCESSING' group by row_id having count(*) > 1) r") > 0)
            throw new InvalidOperationException("A worker's clock decided what the database's must.");
        return behind;
    }

    private static async Task<WorkerClient> StopAsync(ProofEnvironment environment)
    {
        const int Parallel = 2;
        environment.Google.SetBehaviour(null, CallBehaviour.Latency(TimeSpan.FromSeconds(2)));
        var worker = await environment.StartProcessAsync(null, ("Upload:MaxParallelGroups", $"{Parallel}"));
        var run = worker.Client.TryUploadAsync();
        await Calls.UntilAsync(() => environment.Google.Calls.Count >= Parallel, "a full set of requests in flight");

        await worker.TerminateAsync();
        await run;
        if (environment.Google.Calls.Count > Parallel)
            throw new InvalidOperationException("A request was started after the stop.");
        if (await environment.CountAsync("PROCESSING") > 0)
            throw new InvalidOperationException("The stop left rows behind.");
        environment.Google.SetBehaviour(null, CallBehaviour.Normal);
        return await environment.StartWorkerAsync();
    }
}
