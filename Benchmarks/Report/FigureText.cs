using System.Globalization;

namespace OpsMantik.Benchmarks.Report;

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
        figure.Verdict switch
        {
            Verdict.Goal => "goal",
            Verdict.Floor => "floor",
            Verdict.Missed => "MISSED",
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
