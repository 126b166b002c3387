using OpsMantik.Reliability.Simulation.Google;
using OpsMantik.Reliability.Simulation.Store;

namespace OpsMantik.Reliability.Simulation;

/// <summary>The sales of a world: some are queued when it begins, some come later.</summary>
internal sealed class SaleStream
{
    private readonly World _world;
    private readonly Queue<DateTimeOffset> _coming;
    private readonly Guid[] _sites;

    public SaleStream(World world, TimeSpan during)
    {
        _world = world;
        _sites = [.. world.Sites.Keys];
        var count = world.Random.Next(1, 30);
        _coming = new Queue<DateTimeOffset>(Enumerable.Range(0, count)
            .Select(_ => world.Now + (world.Random.Next(2) == 0 ? TimeSpan.Zero : during * world.Random.NextDouble()))
            .Order());
    }

    public DateTimeOffset? Next => _coming.TryPeek(out var at) ? at : null;

    public void Arrive()
    {
        while (Next <= _world.Now)
        {
            _coming.Dequeue();
            Enqueue(_world.Sales.Count + 1);
        }
    }

    private void Enqueue(int number)
    {
        var random = _world.Random;
        var id = new Guid(number, 1, 0, [0, 0, 0, 0, 0, 0, 0, 0]);
        var saleId = new Guid(number, 2, 0, [0, 0, 0, 0, 0, 0, 0, 0]);
        var nature = random.Next(10) switch
        {
            0 => SaleNature.Refused,
            1 => SaleNature.Unreadable,
            2 => SaleNature.TooRecent,
            3 when random.Next(4) == 0 => SaleNature.Hopeless,
            _ => SaleNature.Sound,
        };
        var ownOrderId = random.Next(4) == 0;
        var sale = new SimulatedSale(
            number, id, new GroupKey(_sites[random.Next(_sites.Length)], World.Provider),
            ownOrderId ? $"order-{number}" : saleId.ToString(), $"click-{number}", _world.Now.AddDays(-2), nature);
        _world.Enqueue(sale, new QueueRow
        {
            Id = id,
            Group = sale.Group,
            SaleId = saleId,
            Gclid = sale.Click,
            ConversionTime = sale.Time,
            CreatedAt = _world.Now.AddSeconds(number),
            Payload = nature == SaleNature.Unreadable ? "[]" : ownOrderId ? $$"""{"order_id":"{{sale.OrderId}}"}""" : "{}",
        });
    }
}
