using System.Text;

namespace OpsMantik.Web.StatusPage.Charts;

/// <summary>One value over the last 24 hours.</summary>
internal static class LineChart
{
    // Samples come every ten minutes. Where three are missing the worker was not there, and the line has a gap.
    private static readonly TimeSpan Gap = TimeSpan.FromMinutes(40);

    /// <param name="points">In the order of time, UTC.</param>
    /// <param name="words">Makes a value readable.</param>
    public static Markup Draw(
        string title, DateTime now, IReadOnlyList<(DateTime At, double Value)> points, Func<double, string> words)
    {
        if (points.Count == 0)
            return Frame.Figure(title, "", "no samples yet", Empty(now), Markup.Empty);

        var highest = points.MaxBy(point => point.Value);
        return Frame.Figure(
            title,
            words(points[^1].Value),
            $"{words(points[^1].Value)} at last, {words(highest.Value)} at most ({highest.At:HH:mm} UTC)",
            Markup.Of($"{Frame.Axes(now, words(highest.Value))}{Line(points, highest.Value, now)}"),
            Markup.Empty);
    }

    private static Markup Line(IReadOnlyList<(DateTime At, double Value)> points, double highest, DateTime now)
    {
        StringBuilder line = new(), area = new();
        var start = 0.0;
        for (var i = 0; i < points.Count; i++)
        {
            var x = Frame.X(points[i].At, now);
            var (place, first) = ($"{Frame.Number(x)} {Frame.Number(Frame.Y(points[i].Value, highest))}", IsFirst(points, i));
            line.Append(first ? 'M' : 'L').Append(place);
            if (first)
                area.Append('M').Append(Frame.Number(start = x)).Append(' ').Append(Frame.Number(Frame.Bottom));
            area.Append('L').Append(place);
            if (i == points.Count - 1 || IsFirst(points, i + 1))
                area.Append('V').Append(Frame.Number(Frame.Bottom)).Append('H').Append(Frame.Number(start)).Append('Z');
        }

        return Markup.Of($"<path class=\"area\" d=\"{area.ToString()}\"/><path class=\"line\" d=\"{line.ToString()}\"/>");
    }

    private static bool IsFirst(IReadOnlyList<(DateTime At, double Value)> points, int index) =>
        index == 0 || points[index].At - points[index - 1].At > Gap;

    private static Markup Empty(DateTime now) => Markup.Of(
        $"{Frame.Axes(now, "")}<text x=\"{Frame.Number(Frame.Width / 2)}\" y=\"90\" text-anchor=\"middle\">no samples yet</text>");
}
