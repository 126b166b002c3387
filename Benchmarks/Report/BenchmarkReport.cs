namespace OpsMantik.Benchmarks.Report;

/// <summary>What a run found.</summary>
/// <param name="Machine">Where it ran, a line each.</param>
/// <param name="Failures">Parts that could not be measured, and why.</param>
internal sealed record BenchmarkReport(
    IReadOnlyList<string> Machine, IReadOnlyList<Figure> Figures, IReadOnlyList<string> Failures)
{
    /// <summary>The figures that have a goal: ratios, which mean the same on any machine.</summary>
    public IReadOnlyList<Figure> Judged => [.. Figures.Where(figure => figure.Goal is not null)];

    public bool MissesFloor => Judged.Any(figure => figure.Verdict == Verdict.Missed);
}
