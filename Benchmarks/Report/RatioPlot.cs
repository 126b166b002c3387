using ScottPlot;

namespace OpsMantik.Benchmarks.Report;

/// <summary>Every ratio over its goal as a bar: from 1 on the goal is reached; a tick shows where the floor lies.</summary>
internal static class RatioPlot
{
    // Ten times better than wanted needs no ten times longer bar.
    private const double Longest = 3;

    private static readonly Color Reached = Color.FromHex("#2f7d4f");
    private static readonly Color AboveFloor = Color.FromHex("#d9a441");
    private static readonly Color Below = Color.FromHex("#b8433a");

    /// <param name="figures">Figures with a goal.</param>
    /// <returns>SVG.</returns>
    public static string Render(IReadOnlyList<Figure> figures)
    {
        using var plot = new Plot();
        var places = new double[figures.Count];
        for (var i = 0; i < figures.Count; i++)
        {
            // The first on top.
            places[i] = figures.Count - i;
            Draw(plot, figures[i], places[i]);
        }

        plot.Add.VerticalLine(1, color: Colors.Black, pattern: LinePattern.Dashed);
        plot.Axes.Left.SetTicks(places, [.. figures.Select(figure => $"{figure.Part}: {figure.Measure}")]);
        plot.Axes.SetLimits(0, Longest * 1.15, 0.3, figures.Count + 0.7);
        plot.Axes.Bottom.Label.Text = "reached, as a multiple of the goal (| marks the floor)";
        plot.HideGrid();
        return plot.GetSvgXml(1_100, 110 + (figures.Count * 32));
    }

    private static void Draw(Plot plot, Figure figure, double place)
    {
        var goal = figure.Goal!;
        var share = goal.ShareOf(figure.Median);
        var bar = plot.Add.Bar(place, Math.Min(share, Longest));
        bar.Bars[0].Orientation = Orientation.Horizontal;
        bar.Bars[0].Size = 0.6;
        bar.Bars[0].FillColor = figure.GoalResult switch
        {
            GoalResult.Goal => Reached,
            GoalResult.Floor => AboveFloor,
            _ => Below,
        };
        var floor = goal.ShareOf(goal.Floor);
        plot.Add.Line(floor, place - 0.38, floor, place + 0.38).LineColor = Colors.Black;
        var text = plot.Add.Text(FigureText.Median(figure), Math.Min(share, Longest) + 0.03, place);
        text.LabelAlignment = Alignment.MiddleLeft;
    }
}
