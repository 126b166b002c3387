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

    private bool Reaches(double value, double bound) => AtLeast ? value >= bound : value <= bound;
}
