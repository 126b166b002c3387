using OpsMantik.Reliability.Simulation.Google;

namespace OpsMantik.Reliability.Simulation.Invariants;

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
