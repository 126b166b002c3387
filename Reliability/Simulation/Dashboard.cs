using OpsMantik.Reliability.Simulation.Store;

namespace OpsMantik.Reliability.Simulation;

/// <summary>The dashboard: sales are canceled, confirmed again and get other amounts, whatever their rows are at.</summary>
internal sealed class Dashboard
{
    private static readonly SaleValue[] Values = [SaleValue.Usual, new(7_000, "TRY"), new(8_000, "TRY"), new(12_345, "USD"), new(0, "TRY")];

    // Corrections may wait for a day: it goes on for a while after the faults.
    private static readonly TimeSpan GoesOnFor = TimeSpan.FromHours(30);

    private readonly World _world;
    private readonly double _rate;

    public Dashboard(World world)
    {
        _world = world;
        _rate = world.Random.Next(4) == 0 ? 0 : 0.03 * world.Random.NextDouble();
    }

    public void Act()
    {
        if (_world.Sales.Count == 0 || _world.DrainingFor > GoesOnFor || !_world.Happens(_rate))
            return;
        var sales = _world.Sales.Values.ToList();
        var number = _world.Random.Next(sales.Count);
        var sale = _world.Store.Sale(_world.Store.Row(sales[number].RowId).SaleId);
        var changed = _world.Random.Next(2) == 0
            ? sale with { IsCanceled = !sale.IsCanceled }
            : sale with { Value = Values[_world.Random.Next(20) == 0 ? Values.Length - 1 : _world.Random.Next(Values.Length - 1)] };
        _world.Trace.Add(_world.Now, "sale", number + 1, changed.IsCanceled ? -1 : changed.Value.Cents);
        _world.Store.ChangeSale(changed, isNoted: !_world.Happens(_world.Faults.StoreRefuses));
    }
}
