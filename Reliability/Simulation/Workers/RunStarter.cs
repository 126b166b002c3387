using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using OpsMantik.Core.Confirmations;
using OpsMantik.Core.Metrics;
using OpsMantik.Core.Runs;
using OpsMantik.Reliability.Simulation.Faults;
using OpsMantik.Reliability.Simulation.Google;

namespace OpsMantik.Reliability.Simulation.Workers;

/// <summary>Composes the worker's real runs over the simulated world and starts them on their worker's scheduler.</summary>
internal sealed class RunStarter(World world)
{
    private static readonly OptionsWrapper<ConfirmOptions> Confirming = new(new ConfirmOptions());

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
            world.Judges.Report($"a run throws {exception}");
        }
        finally
        {
            run.Worker.Runs.Remove(run);
            world.Judges.RunEnded(run);
            world.Trace.Add(world.Now, "end", run.Worker.Number, (int)run.Kind);
            run.Dispose();
        }
    }

    private Task<UploadSummary> UploadAsync(SimulatedRun run)
    {
        var queue = new SimulatedQueue(world, run);
        var groups = new GroupUpload(
            queue, SimulatedSite.Vault, Confirming, world.Random, Instruments, run.Worker.Clock,
            NullLogger<GroupUpload>.Instance);
        var upload = new UploadRun(
            queue, groups, new NoBacklog(), [new SimulatedProvider(world, run)], _upload, Instruments,
            run.Worker.Clock, NullLogger<UploadRun>.Instance);
        int? limit = world.Random.Next(4) == 0 ? world.Random.Next(1, 8) : null;
        return upload.RunAsync(new UploadRequest(null, limit), run.Stopping);
    }

    private Task<ConfirmSummary> ConfirmAsync(SimulatedRun run)
    {
        var store = new SimulatedConfirmations(world, run);
        var requests = new RequestConfirmation(
            store, SimulatedSite.Vault, Confirming, world.Random, Instruments, NullLogger<RequestConfirmation>.Instance);
        return new ConfirmRun(
            store, requests, [new SimulatedProvider(world, run)], Confirming, _upload, Instruments,
            run.Worker.Clock, NullLogger<ConfirmRun>.Instance).RunAsync(run.Stopping);
    }

    private Task<int> RecoverAsync(SimulatedRun run, int minAgeMinutes) =>
        new RecoveryRun(new SimulatedQueue(world, run), Instruments, NullLogger<RecoveryRun>.Instance)
            .RunAsync(minAgeMinutes, run.Stopping);
}
