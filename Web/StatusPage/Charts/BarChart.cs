namespace OpsMantik.Web.StatusPage.Charts;

/// <summary>Some numbers an hour, stacked, over the last 24 hours; the same as a table below.</summary>
internal static class BarChart
{
    /// <param name="series">Names, from the ground up; their place is also their colour.</param>
    /// <param name="hours">By the hour's beginning, UTC; one number for each series.</param>
    public static Markup Draw(
        string title, IReadOnlyList<string> series, DateTime now, IReadOnlyDictionary<DateTime, long[]> hours)
    {
        var first = new DateTime(now.Year, now.Month, now.Day, now.Hour, 0, 0, DateTimeKind.Utc).AddHours(-24);
        var all = Enumerable.Range(0, 25)
            .Select(hour => first.AddHours(hour))
            .Select(hour => (Hour: hour, Values: hours.GetValueOrDefault(hour) ?? new long[series.Count]))
            .ToList();
        var highest = all.Max(hour => hour.Values.Sum());
        var sums = series.Select((name, place) => (Name: name, Sum: all.Sum(hour => hour.Values[place]))).ToList();
        return Frame.Figure(
            title,
            "",
            string.Join(", ", sums.Select(sum => $"{Words.Number(sum.Sum)} {sum.Name.ToLowerInvariant()}")),
            Markup.Of($"{Frame.Axes(now, Words.Number(highest))}{Markup.Join(all.SelectMany(hour => Bars(hour.Hour, hour.Values, highest, now)))}"),
            Markup.Of($"{Legend(sums)}{Table(series, all)}"));
    }

    private static IEnumerable<Markup> Bars(DateTime hour, long[] values, long highest, DateTime now)
    {
        // A day begins and ends within an hour: the first begins before the plot does, the last ends after it.
        var left = Math.Max(Frame.X(hour, now) + 1, Frame.Left);
        var width = Math.Min(Frame.X(hour.AddHours(1), now) - 1, Frame.Right) - left;
        long below = 0;
        for (var place = 0; place < values.Length; place++)
        {
            if (values[place] == 0 || width <= 0)
                continue;
            var foot = Frame.Y(below, highest);
            below += values[place];
            var head = Math.Min(Frame.Y(below, highest), foot - 0.8);
            yield return Markup.Of(
                $"<path class=\"b{place}\" d=\"M{Frame.Number(left)} {Frame.Number(head)}h{Frame.Number(width)}V{Frame.Number(foot)}h-{Frame.Number(width)}z\"/>");
        }
    }

    private static Markup Legend(List<(string Name, long Sum)> sums) => Markup.Of(
        $"<ul class=\"legend\">{Markup.Join(sums.Select((sum, place) => Markup.Of($"<li class=\"b{place}\">{sum.Name} {Words.Number(sum.Sum)}</li>")))}</ul>");

    private static Markup Table(IReadOnlyList<string> series, List<(DateTime Hour, long[] Values)> all) => Markup.Of(
        $"""
        <details><summary>Figures</summary><table><thead><tr><th scope="col">Hour (UTC)</th>{Markup.Join(series.Select(name => Markup.Of($"<th scope=\"col\" class=\"n\">{name}</th>")))}</tr></thead><tbody>{Markup.Join(all.Where(hour => hour.Values.Any(value => value > 0)).Select(Row))}</tbody></table></details>
        """);

    private static Markup Row((DateTime Hour, long[] Values) hour) => Markup.Of(
        $"<tr><th scope=\"row\">{hour.Hour:HH:mm}</th>{Markup.Join(hour.Values.Select(value => Markup.Of($"<td class=\"n\">{Words.Number(value)}</td>")))}</tr>");
}
