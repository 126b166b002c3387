using System.Globalization;

namespace OpsMantik.Benchmarks.Report;

/// <summary>One line of the table: a measure and what it gave in every run.</summary>
/// <param name="Part">The command that measures it, such as <c>drain</c>.</param>
/// <param name="Unit">Such as <c>rows/s</c>, <c>×</c> or <c>%</c>.</param>
/// <param name="Goal">Null for a figure that only explains others.</param>
internal sealed record Figure(string Part, string Measure, string Unit, IReadOnlyList<double> Runs, Goal? Goal = null)
{
    public double Median { get; } = MedianOf(Runs);

    public GoalResult? GoalResult => Goal?.Compare(Median);

    /// <summary>The middle value; of an even number of runs, the mean of the two in the middle.</summary>
    public static double MedianOf(IReadOnlyList<double> values)
    {
        var sorted = values.Order().ToArray();
        var middle = sorted.Length / 2;
        return sorted.Length % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
    }
}

/// <summary>Figures as people read them.</summary>
internal static class FigureText
{
    public static string[] Headings { get; } = ["part", "measure", "median", "runs", "goal", "floor", "verdict"];

    public static string[] Cells(Figure figure) =>
    [
        figure.Part,
        figure.Measure,
        Median(figure),
        $"{Number(figure.Runs.Min())}–{Number(figure.Runs.Max())}, {figure.Runs.Count}",
        Bound(figure, goal => goal.Wanted),
        Bound(figure, goal => goal.Floor),
        figure.GoalResult switch
        {
            GoalResult.Goal => "goal",
            GoalResult.Floor => "floor",
            GoalResult.Missed => "MISSED",
            _ => "",
        },
    ];

    public static string Median(Figure figure) => WithUnit(figure.Median, figure.Unit);

    private static string Bound(Figure figure, Func<Goal, double> select) => figure.Goal is { } goal
        ? $"{(goal.AtLeast ? "≥" : "≤")} {WithUnit(select(goal), figure.Unit)}"
        : "";

    private static string WithUnit(double value, string unit) => unit.Length == 0 ? Number(value) : $"{Number(value)} {unit}";

    private static string Number(double value) =>
        value.ToString(Math.Abs(value) >= 1_000 ? "#,##0" : Math.Abs(value) >= 100 ? "0" : "0.##", CultureInfo.InvariantCulture);
}

/// <summary>What a figure should reach, and what it must.</summary>
/// <param name="Wanted">The goal.</param>
/// <param name="Floor">Missing it fails the run.</param>
/// <param name="AtLeast">True: more is better. False: less is.</param>
internal sealed record Goal(double Wanted, double Floor, bool AtLeast)
{
    public static Goal Least(double wanted, double floor) => new(wanted, floor, true);

    public static Goal Most(double wanted, double floor) => new(wanted, floor, false);

    public GoalResult Compare(double value) =>
        Reaches(value, Wanted) ? GoalResult.Goal : Reaches(value, Floor) ? GoalResult.Floor : GoalResult.Missed;

    /// <summary>How much of what is wanted a value is: 1 when it just reaches the goal, more when it is better.</summary>
    public double ShareOf(double value) => AtLeast ? value / Wanted : Wanted / value;

    private bool Reaches(double value, double bound) => AtLeast ? value >= bound : value <= bound;
}

internal enum GoalResult
{
    Goal,
    Floor,
    Missed,
}
