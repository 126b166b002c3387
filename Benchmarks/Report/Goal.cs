namespace OpsMantik.Benchmarks.Report;

/// <summary>What a figure should reach, and what it must.</summary>
/// <param name="Wanted">The goal.</param>
/// <param name="Floor">Missing it fails the run.</param>
/// <param name="AtLeast">True: more is better. False: less is.</param>
internal sealed record Goal(double Wanted, double Floor, bool AtLeast)
{
    public static Goal Least(double wanted, double floor) => new(wanted, floor, true);

    public static Goal Most(double wanted, double floor) => new(wanted, floor, false);

    public Verdict Judge(double value) =>
        Reaches(value, Wanted) ? Verdict.Goal : Reaches(value, Floor) ? Verdict.Floor : Verdict.Missed;

    /// <summary>How much of what is wanted a value is: 1 when it just reaches the goal, more when it is better.</summary>
    public double ShareOf(double value) => AtLeast ? value / Wanted : Wanted / value;

    private bool Reaches(double value, double bound) => AtLeast ? value >= bound : value <= bound;
}
