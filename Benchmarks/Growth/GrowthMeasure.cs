using OpsMantik.Benchmarks.Report;

namespace OpsMantik.Benchmarks.Growth;

internal sealed class GrowthMeasure : IMeasure
{
    public string Name => "growth";

    public string Description => "growth";

    public Task<IReadOnlyList<Figure>> RunAsync(Bench bench, CancellationToken cancellation) => throw new NotSupportedException();
}
