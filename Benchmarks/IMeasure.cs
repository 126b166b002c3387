using OpsMantik.Benchmarks.Report;

namespace OpsMantik.Benchmarks;

/// <summary>One part of the benchmarks, a command of its own.</summary>
internal interface IMeasure
{
    string Name { get; }

    string Description { get; }

    Task<IReadOnlyList<Figure>> RunAsync(Bench bench, CancellationToken cancellation);
}
