using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using OpsMantik.Core.Confirmations;
using OpsMantik.Core.Conversions;
using OpsMantik.Core.Corrections;
using OpsMantik.Core.Metrics;
using OpsMantik.Core.Queue;
using OpsMantik.Core.Runs;
using OpsMantik.Core.Sites;
using OpsMantik.Reliability.Simulation.Google;

namespace OpsMantik.Reliability.Simulation.Workers;

/// <summary>Composes the worker's real runs over the simulated world and starts them on their worker's scheduler.</summary>
internal sealed class RunStarter(World world)
{
    private static readonly OptionsWrapper<ConfirmOptions> Confirming = new(new ConfirmOptions());
    private static readonly CredentialOpening Opening = new(SimulatedSite.Vault, NullLogger<CredentialOpening>.Instance);

    private static readonly OptionsWrapper<RetentionOptions> Retaining = new(new RetentionOptions());

    // One for all worlds: a meter is never forgotten, and a hundred thousand worlds would drown in theirs.
    private static readonly Instruments Instruments =
        new(new NoMeters(), Options.Create(new TelemetryOptions()), TimeProvider.System);

    private readonly OptionsWrapper<UploadOptions> _upload =
        new(new UploadOptions { MaxParallelGroups = world.Random.Next(1, 5) });

    public void Start(SimulatedWorker worker, RunKind kind, int minAgeMinutes = RecoveryRun.DefaultMinAgeMinutes)
    {
        var run = new SimulatedRun(worker, kind, _upload.Value.TimeBudget);
        worker.Runs.Add(run);
        world.Trace.Add(world.Now, "start", worker.Number, (int)kind);
        _ = Task.Factory.StartNew(
            () => RunAsync(run, minAgeMinutes), CancellationToken.None, TaskCreationOptions.None, worker.Scheduler);
    }

    private async Task RunAsync(SimulatedRun run, int minAgeMinutes)
    {
        run.Begin();
        try
        {
            switch (run.Kind)
            {
                case RunKind.Upload:
                    await UploadAsync(run);
                    break;
                case RunKind.Confirm:
                    await ConfirmAsync(run);
                    break;
                default:
                    await RecoverAsync(run, minAgeMinutes);
                    break;
            }
        }
        catch (SimulatedStoreException)
        {
            // The host logs it; the next run comes by itself.
        }
        catch (Exception exception)
        {
            world.InvariantChecks.Report($"a run throws {exception}");
        }
        finally
        {
            run.Worker.Runs.Remove(run);
            world.InvariantChecks.RunEnded(run);
            world.Trace.Add(world.Now, "end", run.Worker.Number, (int)run.Kind);
            run.Dispose();
        }
    }

    private Task<UploadSummary> UploadAsync(SimulatedRun run)
    {
        var queue = new SimulatedQueue(world, run);
        var writeBack = new GroupWriteBack(
            queue, Confirming, Instruments, run.Worker.Clock, NullLogger<GroupWriteBack>.Instance);
        var reader = new ConversionReader(Currencies.Default, _upload, run.Worker.Clock);
        var groups = new GroupUpload(
            queue, writeBack, Opening, reader, world.Random, run.Worker.Clock, NullLogger<GroupUpload>.Instance);
        var store = new SimulatedCorrections(world, run);
        var corrections = new GroupCorrection(
            store, Opening, reader, Currencies.Default, world.Random, run.Worker.Clock,
            NullLogger<GroupCorrection>.Instance);
        var labels = new SiteLabels((_, _) => Task.FromResult(SiteNames.None), run.Worker.Clock);
        var upload = new UploadRun(
            queue, groups,
            new CorrectionDrain(store, corrections, labels, _upload, run.Worker.Clock, NullLogger<CorrectionDrain>.Instance),
            new NoBacklog(), labels, [new SimulatedProvider(world, run)], _upload, Instruments,
            run.Worker.Clock, NullLogger<UploadRun>.Instance);
        int? limit = world.Random.Next(4) == 0 ? world.Random.Next(1, 8) : null;
        return upload.RunAsync(new UploadRequest(null, limit), run.Stopping);
    }

    private Task<ConfirmSummary> ConfirmAsync(SimulatedRun run)
    {
        var store = new SimulatedConfirmations(world, run);
        var requests = new RequestConfirmation(
            store, Opening, Confirming, _upload, world.Random, run.Worker.Clock, Instruments,
            NullLogger<RequestConfirmation>.Instance);
        return new ConfirmRun(
            store, requests, [new SimulatedProvider(world, run)], Confirming, _upload, Instruments,
            run.Worker.Clock, NullLogger<ConfirmRun>.Instance).RunAsync(run.Stopping);
    }

    private Task<int> RecoverAsync(SimulatedRun run, int minAgeMinutes) =>
        new RecoveryRun(
            new SimulatedQueue(world, run), new SimulatedCorrections(world, run), Retaining, Instruments, run.Worker.Clock,
            NullLogger<RecoveryRun>.Instance)
            .RunAsync(minAgeMinutes, run.Stopping);
}

/// <summary>One run of one worker, and what its deadline is judged by.</summary>
internal sealed class SimulatedRun(SimulatedWorker worker, RunKind kind, TimeSpan budget) : IDisposable
{
    private readonly CancellationTokenSource _stop = new();
    private readonly TimeSpan _stalledBefore = worker.Stalled;
    private long _started = worker.Clock.GetTimestamp();
    private long? _stopped;

    public SimulatedWorker Worker => worker;

    public RunKind Kind => kind;

    public CancellationToken Stopping => _stop.Token;

    public TimeSpan Elapsed => worker.Clock.GetElapsedTime(_started);

    public bool BudgetSpent => Elapsed >= budget;

    /// <summary>Time since the start or the stop in which the worker was able to act.</summary>
    public TimeSpan Overtime => _stopped is { } stopped
        ? worker.Clock.GetElapsedTime(stopped) - Stalled
        : Elapsed - budget - Stalled;

    private TimeSpan Stalled => worker.Stalled - _stalledBefore;

    public Task Task { get; set; } = Task.CompletedTask;

    /// <summary>Its first step: a worker may stand still between the timer and it, and no budget is spent by that.</summary>
    public void Begin() => _started = worker.Clock.GetTimestamp();

    public void Stop()
    {
        _stopped ??= worker.Clock.GetTimestamp();
        _stop.Cancel();
    }

    public void Dispose() => _stop.Dispose();
}
