using OpsMantik.Core.Sites;
using OpsMantik.Core.Status;
using OpsMantik.Web.Endpoints;

namespace OpsMantik.Functions.Tests.StatusPage;

/// <summary>Which sites a list shows, in which order.</summary>
internal sealed class SiteListTests
{
    private static readonly DateTime Now = new(2026, 3, 14, 15, 9, 26, DateTimeKind.Utc);

    private static readonly Guid[] Ids = [.. Enumerable.Range(0, 120).Select(n => Guid.Parse($"{n:x8}-0000-4000-8000-000000000000"))];

    private static readonly StatusReport Report = new(Now, [.. Ids.Select(State)], [], [], [], [], [], [])
    {
        Names = new SiteNames(Ids, [.. Ids.Select((id, n) => new SiteName(id, n % 2 == 0 ? $"Cafe {n:000}" : null, $"site{n}.example"))]),
    };

    [TestCase("need", 7)]
    [TestCase("name", 0)]
    [TestCase("waiting", 119)]
    [TestCase("oldest", 119)]
    [TestCase("failed", 0)]
    [TestCase("completed", 60)]
    public void The_first_of_each_order_is_the_one_that_has_most_of_it(string sort, int first) =>
        Assert.That(SiteListAnswer.Of(Report, null, sort, 1).Sites[0].SiteId, Is.EqualTo(Ids[first]));

    [TestCase(1, 50)]
    [TestCase(3, 20)]
    [TestCase(99, 20, Description = "the last page there is")]
    public void A_page_holds_50_sites(int page, int expected)
    {
        var list = SiteListAnswer.Of(Report, null, "waiting", page);

        Assert.That((list.Sites.Count, list.Pages, list.Found), Is.EqualTo((expected, 3, 120)));
        Assert.That(list.Page, Is.EqualTo(Math.Min(page, 3)));
    }

    [Test]
    public void Every_site_is_on_one_page()
    {
        foreach (var sort in SiteListAnswer.Sorts)
            Assert.That(Enumerable.Range(1, 3).SelectMany(page => SiteListAnswer.Of(Report, null, sort, page).Sites).Select(site => site.SiteId), Is.EquivalentTo(Ids), sort);
    }

    private static SiteState State(Guid id, int n) => new()
    {
        SiteId = id,
        SiteName = n % 2 == 0 ? $"Cafe {n:000}" : $"site{n}.example",
        ProviderKey = "google_ads",
        TakenAt = Now,
        CredentialsSince = Now.AddDays(-1),
        Waiting = n,
        OldestAt = n == 0 ? null : Now.AddMinutes(-n),
        Failed = 120 - n,
        Completed = n == 60 ? 1_000 : n,
        Parked = n == 7 ? 1 : 0,
    };
}
