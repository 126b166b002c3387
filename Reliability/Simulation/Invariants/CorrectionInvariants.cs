using OpsMantik.Core.Conversions;
using OpsMantik.Core.Corrections;
using OpsMantik.Core.Providers;
using OpsMantik.Core.Queue;
using OpsMantik.Reliability.Simulation.Store;
using OpsMantik.Reliability.Simulation.Workers;

namespace OpsMantik.Reliability.Simulation.Invariants;

/// <summary>
/// 11. A correction goes out after its upload, under its own claim, one of a conversion at a time, and however often it is sent under
/// one moment that belongs to no other state of the sale.
/// </summary>
internal sealed class CorrectionsInOrder(World world) : Invariant(world)
{
    private readonly Dictionary<(SimulatedRun, Guid), (DateTimeOffset Moment, long At)> _claimed = [];
    private readonly Dictionary<(Guid, DateTimeOffset), (CorrectionKind, Money?)> _told = [];

    public override void CorrectionChanged(CorrectionRow? before, CorrectionRow after, StoreWrite by, Guid? token)
    {
        if (by is StoreWrite.WriteBack or StoreWrite.Release
            && (before is not { Status: RowStatus.Processing } || before.ClaimToken != token))
            Broken($"{by} under a stale claim changes a correction");
        if (by == StoreWrite.Claim
            && (before is not { IsWaiting: true } || World.Store.CorrectionsOf(after.RowId).Count(each => each.IsUnderWay) > 1))
            Broken("a correction is claimed beside another of its conversion");
        if (by != StoreWrite.Sale && before?.CorrectedAt != after.CorrectedAt)
            Broken($"{by} changes the moment of a correction");
        if (after.RetryCount > RetryPolicy.MaxAttempts)
            Broken($"a correction has {after.RetryCount} attempts");
        if (before is null && after.ErrorCode == MemorySales.Retracted
            && !World.Store.CorrectionsOf(after.RowId).Any(each => each.IsFinal && each.MayStand))
            Broken("a sale is given up as retracted, and no retraction can have been sent");
    }

    public override void CorrectionsClaimed(SimulatedRun run, CorrectionGroup group)
    {
        foreach (var job in group.Jobs)
            _claimed[(run, job.Id)] = (job.CorrectedAt, run.Worker.Clock.GetTimestamp());
    }

    public override void Correcting(SimulatedRun run, Guid siteId, IReadOnlyList<Correction> corrections)
    {
        if (run.Stopping.IsCancellationRequested || run.BudgetSpent)
            Broken("a run that is over starts a request");
        foreach (var each in corrections)
        {
            var (moment, claimedAt) = _claimed[(run, each.Id)];
            var row = World.Store.Row(each.Conversion.Id);
            if (row.Group.SiteId != siteId)
                Broken("a correction is sent under another site's credentials");
            if (row.Status != RowStatus.Completed && row.ErrorCode != MemorySales.Canceled)
                Broken($"sale {NumberOf(row)} is corrected while its row is {row.Status}");
            if (each.CorrectedAt != moment)
                Broken($"sale {NumberOf(row)} is corrected as of {each.CorrectedAt:T} and changed at {moment:T}");
            if (!_told.TryAdd((row.Id, each.CorrectedAt), (each.Kind, each.NewValue))
                && _told[(row.Id, each.CorrectedAt)] != (each.Kind, each.NewValue))
                Broken($"sale {NumberOf(row)} has two states at {each.CorrectedAt:T}");
            if (run.Worker.Clock.GetElapsedTime(claimedAt) >= Claim.Lease)
                Broken("a request starts on a claim that is too old");
        }
    }
}

/// <summary>
/// 12. After a full drain the provider has each sale as the database has it: a canceled one counts for nothing, a confirmed one with
/// its last value. Where it has not, the worker says so: the row, or the correction to that very state, is FAILED with its code.
/// </summary>
internal sealed class SalesStand(World world) : Invariant(world)
{
    public override void Ended()
    {
        foreach (var sale in World.Sales.Values)
        {
            var row = World.Store.Row(sale.RowId);
            var wanted = World.Store.Sale(row.SaleId);
            var stands = World.Google.StateOf(sale);
            var isRight = wanted.IsCanceled
                ? stands is null or { IsRetracted: true } or { Value.Cents: 0 }
                : stands is { IsRetracted: false } && stands.Value == wanted.Value;
            if (!isRight && !IsTold(row, wanted))
                Broken($"sale {sale.Number} is {wanted} and stands as {stands?.Value} retracted {stands?.IsRetracted}, its row {row.Status} {row.ErrorCode}");
        }

        if (World.Store.MissedSales.Count > 0)
            Broken($"{World.Store.MissedSales.Count} changes of sales were never noted");
    }

    private bool IsTold(QueueRow row, SaleRow wanted)
    {
        if (row.Status == RowStatus.Failed && row.ErrorCode != MemorySales.Canceled)
            return true;
        var newest = World.Store.CorrectionsOf(row.Id).MaxBy(each => each.CorrectedAt);
        return !wanted.IsCanceled && World.Store.CorrectionsOf(row.Id).Any(each => each.ErrorCode == MemorySales.Retracted)
            || newest is { Status: RowStatus.Failed, ErrorCode: not (null or MemorySales.Replaced) }
                && newest.IsRetraction == wanted.IsCanceled
                && (wanted.IsCanceled || newest.Value == wanted.Value);
    }
}
