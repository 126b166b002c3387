namespace OpsMantik.Benchmarks.Report;

/// <summary>One line of the table: a measure and what it gave in every run.</summary>
/// <param name="Part">The command that measures it, such as <c>drain</c>.</param>
/// <param name="Unit">Such as <c>rows/s</c>, <c>×</c> or <c>%</c>.</param>
/// <param name="Goal">Null for a figure that only explains others.</param>
internal sealed record Figure(string Part, string Measure, string Unit, IReadOnlyList<double> Runs, Goal? Goal = null)
{
    public double Median { get; } = MedianOf(Runs);

    public Verdict? Verdict => Goal?.Judge(Median);

    /// <summary>The middle value; of an even number of runs, the mean of the two in the middle.</summary>
    public static double MedianOf(IReadOnlyList<double> values)
    {
        var sorted = values.Order().ToArray();
        var middle = sorted.Length / 2;
        return sorted.Length % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
    }
}
