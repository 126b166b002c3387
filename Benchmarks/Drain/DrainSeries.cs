using OpsMantik.Benchmarks.Report;

namespace OpsMantik.Benchmarks.Drain;

/// <summary>The same drain, run after run.</summary>
internal sealed class DrainSeries(string measure, int rows)
{
    private readonly List<double> _rates = [];
    private readonly List<double> _processor = [];
    private readonly List<double> _allocated = [];

    /// <summary>Rows per second.</summary>
    public IReadOnlyList<double> Rates => _rates;

    public void Add(DrainCost cost)
    {
        _rates.Add(rows / cost.Elapsed.TotalSeconds);
        _processor.Add(cost.Processor.TotalMicroseconds / rows);
        _allocated.Add((double)cost.Allocated / rows);
    }

    public IEnumerable<Figure> Figures(string part) =>
    [
        new Figure(part, measure, "rows/s", _rates),
        new Figure(part, $"{measure}, processor time of its process", "µs/row", _processor),
        new Figure(part, $"{measure}, allocated from claim to write-back", "bytes/row", _allocated),
    ];
}
