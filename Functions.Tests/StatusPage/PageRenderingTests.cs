using Microsoft.AspNetCore.Components;
using Microsoft.Extensions.DependencyInjection;
using OpsMantik.Core.Operations;
using OpsMantik.Core.Providers;
using OpsMantik.Core.Reconciliation;
using OpsMantik.Core.Sites;
using OpsMantik.Core.Status;
using OpsMantik.Functions.Tests.House;
using OpsMantik.Web.Endpoints;
using OpsMantik.Web.StatusPage;

namespace OpsMantik.Functions.Tests.StatusPage;

/// <summary>What the pages make of the values that they are given.</summary>
internal sealed class PageRenderingTests
{
    private static readonly DateTime Now = new(2026, 3, 14, 15, 9, 26, DateTimeKind.Utc);
    private static readonly Guid Site = Guid.NewGuid();
    private static readonly DateOnly Today = DateOnly.FromDateTime(Now);

    [TestCase("<b>&\"'", "&lt;b&gt;&amp;&quot;&#x27;")]
    [TestCase("\" onmouseover=x y='", "&quot; onmouseover=x y=&#x27;")]
    [TestCase("</q></script><script>x</script>", "&lt;/q&gt;&lt;/script&gt;&lt;script&gt;x&lt;/script&gt;")]
    [TestCase("Şişli ≥ 3 東京", "Şişli ≥ 3 東京")]
    public async Task Whatever_the_database_holds_is_escaped(string value, string expected)
    {
        var overview = await RenderAsync<OverviewPage>(nameof(OverviewPage.Report), ReportWith(value));
        var site = await RenderAsync<SitePage>(nameof(SitePage.Report), SiteReportWith(value));

        // Two codes of sites in need, code and message of a cause, a job, why fewer are counted; and
        // the site's name wherever it is listed.
        Assert.That(overview.Split(expected), Has.Length.EqualTo(1 + 6 + 8));
        // Provider, code in need, a row's status as class and text, its code and message, a code in the ledger, why fewer are counted;
        // a correction's status as class and text, its value, code and message; and the site's name in the
        // title, below the heading and in two lists.
        Assert.That(site.Split(expected), Has.Length.EqualTo(1 + 9 + 5 + 4));
        if (value != expected)
            Assert.That(overview + site, Does.Not.Contain(value));
    }

    [Test]
    public async Task What_is_no_character_is_replaced()
    {
        var page = await RenderAsync<SitePage>(nameof(SitePage.Report), SiteReportWith("\0\u202e\ud800"));

        Assert.That(page, Does.Not.Contain("\0").And.Not.Contain("\ud800"));
    }

    [Test]
    public async Task What_is_missing_in_the_database_is_left_out()
    {
        var site = new SiteState { SiteId = Guid.NewGuid(), ProviderKey = "google_ads", TakenAt = Now };
        var page = await RenderAsync<SitePage>(
            nameof(SitePage.Report), new SiteReport(site, [], [Row(null)], [new LedgerEntry(Now, 1, 1, 0, 0, 0, null, null, null, null)], null, [Corrected(null)]));

        Assert.That(page, Does.Not.Contain("<q>").And.Not.Contain("<code></code>"));
    }

    [Test]
    public void Only_the_style_sheet_and_the_script_are_written_unescaped()
    {
        var unescaped = Directory.EnumerateFiles(Path.Combine(SourceTree.Root, "Web"), "*", SearchOption.AllDirectories)
            .Where(file => Path.GetExtension(file) is ".razor" or ".cs" && !file.Split(Path.DirectorySeparatorChar).Any(part => part is "obj" or "bin"))
            .SelectMany(File.ReadAllLines)
            .Where(line => line.Contains("MarkupString", StringComparison.Ordinal) || line.Contains("AddMarkupContent", StringComparison.Ordinal));

        Assert.That(unescaped.Select(line => line.Trim()), Is.EqualTo(new[]
        {
            "<style>@((MarkupString)PageAssets.Style)</style>",
            "<script>@((MarkupString)PageAssets.Script)</script>",
        }));
    }

    [Test]
    public async Task The_footer_shows_the_version_without_the_commit()
    {
        var page = await RenderAsync<UnknownSitePage>(nameof(UnknownSitePage.SiteId), Guid.NewGuid());

        Assert.That(page, Does.Match(@"<footer>OpsMantik \d+\.\d+\.\d+</footer>"));
    }

    [TestCase(0.4, "0 s")]
    [TestCase(59, "59 s")]
    [TestCase(60, "1 min")]
    [TestCase(3_600, "1 h")]
    [TestCase(11_100, "3 h 5 min")]
    [TestCase(187_200, "2 d 4 h")]
    [TestCase(8_640_000, "100 d")]
    public void A_duration_is_written_in_its_two_largest_units(double seconds, string expected) =>
        Assert.That(Formatting.Duration(TimeSpan.FromSeconds(seconds)), Is.EqualTo(expected));

    [Test]
    public async Task What_Google_counted_is_drawn_and_told_in_words()
    {
        var page = await RenderAsync<SitePage>(nameof(SitePage.Report), SiteReportWith("EXPIRED_EVENT"));

        Assert.That(page, Does.Contain("15 fewer than accepted").And.Contain("80 (80.0 %)").And.Contain("lengthen the action"));
        // Of a height of 40: what is counted, what is pending above it, and what is missing on top.
        Assert.That(page, Does.Match(@"""b0"" d=""M271 40h8v-32h-8z"".*""b1"" d=""M271 8h8v-2h-8z"".*""b2"" d=""M271 6h8v-6h-8z"""));
    }

    internal static async Task<string> RenderAsync<TPage>(string parameter, object value)
        where TPage : IComponent => await RenderAsync<TPage>((parameter, value));

    private static async Task<string> RenderAsync<TPage>(params (string Name, object Value)[] parameters)
        where TPage : IComponent
    {
        await using var services = new ServiceCollection().AddLogging().AddSingleton<PageRenderer>().BuildServiceProvider();
        return (await services.GetRequiredService<PageRenderer>().RenderAsync<TPage>(parameters)).Html;
    }

    internal static StatusReport ReportWith(string value) => new(
        Now,
        [
            SiteWith(value),
            SiteWith(value) with { Parked = 0, CredentialsSince = Now.AddDays(-9), Refused = 1, RefusedCode = value, LastBatch = new LastBatch(Now, value, "AUTH", 0, 1) },
        ],
        [new HourOutcome(Now.AddMinutes(-9).AddSeconds(-26), 1, 2, 3)],
        [new BacklogSample(value, Now, 1, 60)],
        [new FailedRow(Guid.NewGuid(), Guid.NewGuid(), Site, value, Now, value, value, value) { SiteName = value }],
        [new FailureCount(value, value, 1, 1)],
        [new JobTick(value, Now)],
        [CountedWith(value)])
    {
        Names = NamesWith(value),
        Causes = [new FailureCause(1, 1, new FailedRow(Guid.NewGuid(), Guid.NewGuid(), Site, value, Now, value, value, value))],
    };

    internal static Task<string> RenderListAsync(string value)
    {
        var report = ReportWith(value);
        return RenderAsync<SitesPage>(
            (nameof(SitesPage.List), SiteListAnswer.Of(report, null, "name", 1) with { Look = value }), (nameof(SitesPage.Names), report.Names));
    }

    internal static Task<string> RenderSaleAsync(string value) => RenderAsync<SalePage>(
        (nameof(SalePage.History), new RowHistory(
            new HistoryRow(
                Guid.NewGuid(), Guid.NewGuid(), Site, value, value, Now, Now, Now, 1, value, value, 1, 1, Now, Now, Now, Now, value, value, value + ".", value, value, 1),
            new RowReading(Guid.NewGuid(), value, Now, value, 1, [value]),
            [new HistoryBatch(Now, "FINISHED", 1, 1, 1, 1, 1, 1, value, value, value, true)],
            new HistoryRequest(Now, 1, Now, Now),
            [new HistoryCorrection(Now, "RESTATE", value, value, Now, null, value, value, value)],
            [])),
        (nameof(SalePage.Names), NamesWith(value)));

    internal static SiteReport SiteReportWith(string value) =>
        new(SiteWith(value), [], [Row(value)], [new LedgerEntry(Now, 1, 1, 1, 1, 1, 1, value, value, value)], CountedWith(value), [Corrected(value)])
        {
            Names = NamesWith(value),
        };

    private static SiteNames NamesWith(string value) => new([Site], [new SiteName(Site, value, value)]);

    private static CountedSite CountedWith(string value) => new(
        Site,
        value,
        Now,
        value,
        new CountComparison(CountVerdict.Fewer, value, Today.AddDays(-27), Today, 100, 80, 5),
        [new ReconciledDay(Today, 100, 100, 0, 0, 80, 15, 5, [new CountAlert(value, 0.15)])]);

    private static SiteState SiteWith(string value) => new()
    {
        SiteId = Site,
        SiteName = value,
        ProviderKey = value,
        TakenAt = Now,
        CredentialsSince = Now,
        Waiting = 1,
        Parked = 1,
        ParkedCode = value,
        Circuit = value,
        OpenedAt = Now,
        LastBatch = new LastBatch(Now, value, value, 0, 1),
    };

    private static StatusCorrection Corrected(string? value) => new(
        Guid.NewGuid(), Guid.NewGuid(), "RESTATE", value, value ?? "QUEUED", Now, Now, null, value, value, value is null ? null : value + ".");

    private static StatusRow Row(string? value) =>
        // A message that is only the code would not be shown again.
        new(Guid.NewGuid(), Guid.NewGuid(), value ?? "RETRY", Now, Now, null, 1, value, value, value is null ? null : value + ".", value ?? "₺1.00");
}
