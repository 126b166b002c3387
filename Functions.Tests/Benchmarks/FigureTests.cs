using OpsMantik.Benchmarks.Report;

namespace OpsMantik.Functions.Tests.Benchmarks;

public class FigureTests
{
    [TestCase(new double[] { 3, 1, 2 }, 2)]
    [TestCase(new double[] { 4, 1, 2, 3 }, 2.5)]
    [TestCase(new double[] { 7 }, 7)]
    public void The_median_is_the_middle_run(double[] runs, double median) =>
        Assert.That(new Figure("part", "measure", "s", runs).Median, Is.EqualTo(median));

    [TestCase(70, ExpectedResult = "Goal")]
    [TestCase(69.9, ExpectedResult = "Floor")]
    [TestCase(50, ExpectedResult = "Floor")]
    [TestCase(49.9, ExpectedResult = "Missed")]
    public string? More_is_better_where_the_goal_is_a_least_value(double value) =>
        new Figure("part", "measure", "%", [value], Goal.Least(70, 50)).GoalResult.ToString();

    [TestCase(1.15, ExpectedResult = "Goal")]
    [TestCase(1.3, ExpectedResult = "Floor")]
    [TestCase(1.31, ExpectedResult = "Missed")]
    public string? Less_is_better_where_the_goal_is_a_most_value(double value) =>
        new Figure("part", "measure", "×", [value], Goal.Most(1.15, 1.3)).GoalResult.ToString();

    [Test]
    public void A_figure_without_a_goal_has_no_verdict() =>
        Assert.That(new Figure("part", "measure", "s", [1]).GoalResult, Is.Null);

    [Test]
    public void The_share_of_a_goal_is_above_one_when_it_is_more_than_reached()
    {
        Assert.Multiple(() =>
        {
            Assert.That(Goal.Least(20, 10).ShareOf(40), Is.EqualTo(2));
            Assert.That(Goal.Most(1.2, 1.5).ShareOf(0.6), Is.EqualTo(2));
            Assert.That(Goal.Most(1.2, 1.5).ShareOf(1.5), Is.LessThan(1));
        });
    }

    [Test]
    public void Cells_are_read_by_people()
    {
        var figure = new Figure("drain", "against row by row", "×", [21.55, 24.5, 12345], Goal.Least(20, 10));

        Assert.That(FigureText.Cells(figure), Is.EqualTo(new[]
        {
            "drain", "against row by row", "24.5 ×", "21.55–12,345, 3", "≥ 20 ×", "≥ 10 ×", "goal",
        }));
    }
}
