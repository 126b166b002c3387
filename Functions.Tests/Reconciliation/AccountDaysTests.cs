using OpsMantik.Core.Reconciliation;

namespace OpsMantik.Functions.Tests.Reconciliation;

public class AccountDaysTests
{
    [TestCase("Europe/Istanbul", "2026-11-27 21:00, 2026-11-28 21:00")]
    [TestCase("America/Los_Angeles", "2026-11-28 08:00, 2026-11-29 08:00")]
    [TestCase("Nowhere/Land", "2026-11-28 00:00, 2026-11-29 00:00")]
    public void A_day_begins_at_midnight_of_its_zone(string zone, string expected)
    {
        var days = AccountDays.Between(new(2026, 11, 28), new(2026, 11, 28), AccountDays.Zone(zone));

        Assert.That($"{days.Starts[0]:yyyy-MM-dd HH:mm}, {days.Ends[0]:yyyy-MM-dd HH:mm}", Is.EqualTo(expected));
    }

    [Test]
    public void Days_leave_no_gap_and_do_not_overlap_where_clocks_change()
    {
        // Beirut's clocks went forward at midnight.
        var days = AccountDays.Between(new(2022, 3, 20), new(2022, 11, 5), AccountDays.Zone("Asia/Beirut"));

        Assert.That(days.Ends[..^1], Is.EqualTo(days.Starts[1..]));
        Assert.That(days.Starts, Is.Ordered.Ascending.And.Unique);
    }
}
