using OpsMantik.Core.Status;
using OpsMantik.Web.StatusPage.Charts;

namespace OpsMantik.Web.StatusPage.Parts;

/// <summary>The last 24 hours in pictures.</summary>
internal static class Day
{
    public static Markup Of(StatusReport report) => Section(
    [
        Outcomes(report.Hours, report.TakenAt),
        // Several providers are one curve: all that waits, and the oldest of all.
        Line("Sales waiting", report, at => at.Sum(sample => sample.Waiting), value => Words.Number((long)value)),
        Line("Wait of the oldest", report, at => at.Max(sample => sample.OldestAge), value => Words.Span(TimeSpan.FromSeconds(value))),
    ]);

    public static Markup Of(SiteReport report) => Section([Outcomes(report.Hours, report.State.TakenAt)]);

    private static Markup Section(IEnumerable<Markup> charts) => Markup.Of(
        $"""
        <section aria-labelledby="day">
        <h2 id="day">The last 24 hours</h2>
        <div class="charts">{Markup.Join(charts)}</div></section>

        """);

    private static Markup Outcomes(IReadOnlyList<HourOutcome> hours, DateTime now) =>
        BarChart.Draw("Outcomes by hour", ["Sent", "Retry", "Failed"], now, hours.ToDictionary(
            hour => hour.Hour, hour => new[] { hour.Completed, hour.Retry, hour.Failed }));

    private static Markup Line(
        string title, StatusReport report, Func<IEnumerable<BacklogSample>, double> value, Func<double, string> words) =>
        LineChart.Draw(
            title,
            report.TakenAt,
            [.. report.Samples.GroupBy(sample => sample.At).OrderBy(at => at.Key).Select(at => (at.Key, value(at)))],
            words);
}
