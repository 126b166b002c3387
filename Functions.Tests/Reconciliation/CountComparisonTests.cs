using OpsMantik.Core.Providers;
using OpsMantik.Core.Reconciliation;

namespace OpsMantik.Functions.Tests.Reconciliation;

/// <summary>What sums over days say: agreement, a difference and who must see it, or nothing.</summary>
public class CountComparisonTests
{
    private static readonly DateOnly Last = new(2026, 11, 28);
    private static readonly DateOnly First = Last.AddDays(-27);

    [TestCase(1000, 1000, 0, ExpectedResult = "Agrees ")]
    [TestCase(1000, 1004, 0, ExpectedResult = "Agrees ", Description = "another program uploads, too")]
    [TestCase(1000, 900, 100, ExpectedResult = "Agrees ", Description = "what is pending is not missing")]
    [TestCase(1000, 979, 0, ExpectedResult = "Fewer 21 needs a person")]
    [TestCase(1000, 980, 0, ExpectedResult = "Fewer 20", Description = "two per cent is not above two per cent")]
    [TestCase(100, 94, 0, ExpectedResult = "Fewer 6 needs a person")]
    [TestCase(100, 95, 0, ExpectedResult = "Fewer 5", Description = "five is not above five")]
    [TestCase(6, 0, 0, ExpectedResult = "Fewer 6 needs a person")]
    public string A_difference_above_two_per_cent_and_five_needs_a_person(int accepted, int counted, int pending) =>
        Describe(Compare(Day(0, accepted, counted, pending)));

    [Test]
    public void Days_are_not_compared_one_by_one() => Assert.That(
        Describe(Compare(Day(1, 500, 380), Day(0, 0, 120))), Is.EqualTo("Agrees "), "Google's midnight is another");

    [Test]
    public void What_is_too_young_is_not_compared() => Assert.That(
        Describe(Compare(Day(1, 100, 100), Day(0, 300, 10) with { Recent = 290 })), Is.EqualTo("Agrees "));

    [Test]
    public void What_Google_never_told_of_is_not_compared()
    {
        var comparison = Compare(Day(20, 400, null), Day(6, 50, 50), Day(0, 50, 50));

        Assert.That(Describe(comparison), Is.EqualTo("Agrees "));
        Assert.That(comparison.From, Is.EqualTo(Last.AddDays(-6)), "and the comparison says from when it is");
    }

    [Test]
    public void Days_of_the_action_before_are_not_compared() => Assert.That(
        Describe(CountComparison.Of([Day(10, 400, 0), Day(9, 70, 0), Day(8, 30, 30)], First, Last, Last.AddDays(-9))),
        Is.EqualTo("Agrees "));

    [Test]
    public void An_action_that_Google_does_not_show_is_a_difference_of_its_own()
    {
        var comparison = Compare(Day(3, 40, null));

        Assert.That(Describe(comparison), Is.EqualTo("Fewer 40 needs a person"));
        Assert.That(comparison.Reason, Is.EqualTo("NOT_IN_SUMMARY"));
    }

    [Test]
    public void The_reason_is_the_error_that_most_met()
    {
        var comparison = Compare(
            Day(2, 10, 5) with { Failed = 5, Alerts = [new CountAlert("CLICK_NOT_FOUND", 0.5)] },
            Day(1, 1000, 900) with { Failed = 100, Alerts = [new CountAlert("EXPIRED_EVENT", 0.1)] });

        Assert.That(comparison.Reason, Is.EqualTo("EXPIRED_EVENT"));
        Assert.That(Compare(Day(1, 100, 50)).Reason, Is.EqualTo("COUNTED_FEWER"), "no error named");
    }

    [Test]
    public void Without_uploads_of_this_interface_there_is_nothing_to_compare()
    {
        Assert.That(Compare().Reason, Is.EqualTo("NO_UPLOAD"));
        Assert.That(Compare(Day(1, 5, 5) with { Recent = 5 }).Reason, Is.EqualTo("NO_UPLOAD"));
        Assert.That(Compare(Day(1, 0, null) with { Confirmed = 50 }).Reason, Is.EqualTo("DATA_MANAGER"));
        Assert.That(Compare(Day(1, 0, null) with { Confirmed = 50 }).NeedsPerson, Is.False);
    }

    private static CountComparison Compare(params ReconciledDay[] days) => CountComparison.Of(days, First, Last, null);

    private static ReconciledDay Day(int ago, long accepted, long? counted, long pending = 0) => new(
        Last.AddDays(-ago), accepted, accepted, 0, 0, counted, counted is null ? null : 0, counted is null ? null : pending, []);

    private static string Describe(CountComparison comparison) =>
        $"{comparison.Verdict} {(comparison.Missing == 0 ? "" : comparison.Missing)}{(comparison.NeedsPerson ? " needs a person" : "")}";
}
