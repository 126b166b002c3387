using OpsMantik.Reliability.Simulation.Google;
using OpsMantik.Reliability.Simulation.Store;

namespace OpsMantik.Reliability.Simulation.Invariants;

/// <summary>
/// 2. Whatever is sent again carries the same identity, and is sent again only after a fault that left its fate unknown.
/// Without faults nothing is sent twice at all.
/// </summary>
internal sealed class SentOnce(World world) : Invariant(world)
{
    private readonly HashSet<Guid> _fateUnknown = [];

    /// <summary>Requests under an identity that no row asks for.</summary>
    public int Unexpected { get; private set; }

    /// <summary>Rows that a fault left in the air.</summary>
    public IReadOnlyCollection<Guid> FateUnknown => _fateUnknown;

    public override void RowChanged(QueueRow? before, QueueRow after, StoreWrite by, Guid? token)
    {
        if (by == StoreWrite.Recover || (by == StoreWrite.Settle && after.ErrorCode == "UNCONFIRMED"))
            _fateUnknown.Add(after.Id);
    }

    public override void AnswerLost(Delivery delivery) =>
        _fateUnknown.UnionWith(delivery.Conversions.Select(conversion => conversion.Id));

    public override void Delivered(Delivery delivery)
    {
        foreach (var conversion in delivery.Conversions)
        {
            if (World.Google.SaleOf(conversion) is not { } sale
                || (conversion.OrderId, conversion.Click?.Value, conversion.Time) != (sale.OrderId, sale.Click, sale.Time))
            {
                Unexpected++;
                Broken($"order {conversion.OrderId} is sent under an identity that no row asks for");
                continue;
            }

            sale.Deliveries++;
            if (World.Google.Has(delivery.SiteId, conversion))
            {
                sale.Duplicates++;
                if (!_fateUnknown.Contains(sale.RowId))
                    Broken($"sale {sale.Number} is sent again although its answer was known");
            }
        }
    }

    public override void Ended()
    {
        if (World.Google.Effects.Count != World.Sales.Values.Count(World.Google.Has))
            Broken("there are effects that no row asks for");
        if (!World.HasFaults && _fateUnknown.Count > 0)
            Broken($"{_fateUnknown.Count} rows are in the air although nothing went wrong");
    }
}

/// <summary>8. A request carries rows and credentials of one site only.</summary>
internal sealed class OneSite(World world) : Invariant(world)
{
    public override void Sending(Delivery delivery)
    {
        foreach (var conversion in delivery.Conversions)
        {
            if (World.Google.SaleOf(conversion) is { } sale && sale.Group.SiteId != delivery.SiteId)
                Broken($"sale {sale.Number} is sent under another site's credentials");
        }
    }
}

/// <summary>4. A row has at most one live claim, and only the one who holds it writes.</summary>
internal sealed class OneLiveClaim(World world) : Invariant(world)
{
    public override void RowChanged(QueueRow? before, QueueRow after, StoreWrite by, Guid? token)
    {
        if (by == StoreWrite.Claim && before is not { IsWaiting: true })
            Broken($"sale {NumberOf(after)} is claimed while {before?.Status}");
        if (by is StoreWrite.WriteBack or StoreWrite.Release
            && (before is not { Status: RowStatus.Processing } || before.ClaimToken != token))
            Broken($"{by} under a stale claim changes sale {NumberOf(after)}");
        if ((after.Status == RowStatus.Processing) != (after.ClaimToken is not null))
            Broken($"sale {NumberOf(after)} is {after.Status} with claim {after.ClaimToken is not null}");
    }
}
