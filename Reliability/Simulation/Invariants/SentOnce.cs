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
