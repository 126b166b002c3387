using OpsMantik.Core.Queue;
using OpsMantik.Reliability.Simulation.Google;
using OpsMantik.Reliability.Simulation.Store;

namespace OpsMantik.Reliability.Simulation.Invariants;

/// <summary>5. retry_count grows by one per real attempt, by none for anything else, and never above the maximum.</summary>
internal sealed class AttemptsCounted(World world) : Invariant(world)
{
    private readonly Dictionary<Guid, int> _thrown = [];

    // A bug of the provider's code is an attempt that has no answer.
    public override void AnswerLost(Delivery delivery)
    {
        foreach (var conversion in delivery.Conversions)
            _thrown[conversion.Id] = _thrown.GetValueOrDefault(conversion.Id) + 1;
    }

    public override void RowChanged(QueueRow? before, QueueRow after, StoreWrite by, Guid? token)
    {
        var grown = after.RetryCount - (before?.RetryCount ?? 0);
        if (grown is < 0 or > 1 || (grown == 1 && by is not (StoreWrite.WriteBack or StoreWrite.Settle)))
            Broken($"{by} changes the attempts of sale {NumberOf(after)} by {grown}");
        if (after.RetryCount > RetryPolicy.MaxAttempts)
            Broken($"sale {NumberOf(after)} has {after.RetryCount} attempts");
    }

    public override void Ended()
    {
        foreach (var row in World.Store.Rows.Where(row => World.Sites[row.Group.SiteId].IsSound(World)))
        {
            var answered = World.Sales[row.Id].AttemptsAnswered;
            if (row.RetryCount > answered + _thrown.GetValueOrDefault(row.Id) || (!World.HasFaults && row.RetryCount != answered))
                Broken($"sale {NumberOf(row)} has {row.RetryCount} attempts of {answered} answered ones");
        }
    }
}
