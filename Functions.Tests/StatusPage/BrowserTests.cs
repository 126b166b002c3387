using Deque.AxeCore.Commons;
using PuppeteerSharp;
using PuppeteerSharp.Input;

namespace OpsMantik.Functions.Tests.StatusPage;

/// <summary>The page as people see it: in a real browser, at a desk and on a phone.</summary>
[TestFixture(0, false)]
[TestFixture(3, false)]
[TestFixture(3, true)]
[TestFixture(2_000, false)]
[TestFixture(2_000, true)]
internal sealed class BrowserTests(int sites, bool troubled)
{
    private const int Desktop = 1280;
    private const int Phone = 390;

    private static readonly string Axe = new BundledAxeScriptProvider().GetScript();

    private Browser _browser = null!;
    private StatusPageApp _app = null!;

    [OneTimeSetUp]
    public async Task OpenAsync()
    {
        _browser = await Browser.StartAsync();
        _app = await StatusPageApp.StartAsync(sites, troubled);
    }

    [OneTimeTearDown]
    public async Task CloseAsync()
    {
        if (_app is not null)
            await _app.DisposeAsync();
        if (_browser is not null)
            await _browser.DisposeAsync();
    }

    [TestCase(Desktop, false)]
    [TestCase(Desktop, true)]
    [TestCase(Phone, false)]
    [TestCase(Phone, true)]
    public async Task The_page_fits_is_named_and_can_be_read_by_everyone(int width, bool dark)
    {
        await using var page = await _browser.OpenAsync(width);
        await page.EmulateMediaFeaturesAsync(
            [new MediaFeatureValue { MediaFeature = MediaFeature.PrefersColorScheme, Value = dark ? "dark" : "light" }]);
        foreach (var address in await AddressesAsync())
        {
            var response = await page.GoToAsync(address);
            await AssertFitsAsync(page, await response.BufferAsync());
            await AssertNamedAsync(page);
            Assert.That(await AxeViolationsAsync(page), Is.Empty, address);
        }
    }

    [TestCase(Desktop)]
    [TestCase(Phone)]
    public async Task Everything_can_be_reached_by_keyboard(int width)
    {
        await using var page = await _browser.OpenAsync(width);
        await page.GoToAsync(_app.Address);
        var all = await page.EvaluateExpressionAsync<int>(
            """
            window.wanted = new Set([...document.querySelectorAll('a[href],button,input,summary,.scroll')]
                .filter(one => one.checkVisibility())), wanted.size
            """);

        for (var press = 0; press < all; press++)
        {
            await page.Keyboard.PressAsync(Key.Tab);
            await page.EvaluateExpressionAsync("wanted.delete(document.activeElement)");
        }

        Assert.That(all, Is.GreaterThan(4));
        Assert.That(await page.EvaluateExpressionAsync<string[]>("[...wanted].map(one => one.outerHTML)"), Is.Empty);
    }

    [Test]
    public async Task Without_scripts_it_shows_the_same_and_finds_a_site()
    {
        await using var page = await _browser.OpenAsync(Desktop);
        await page.SetJavaScriptEnabledAsync(false);
        await page.GoToAsync(_app.Address);

        Assert.That(await HeadingAsync(page), Is.EqualTo(Heading()));
        Assert.That(await page.QuerySelectorAllAsync("svg"), Has.Length.EqualTo(3));

        var site = sites == 0 ? Guid.NewGuid() : await _app.Database.ScalarAsync<Guid>("select id from sites limit 1");
        await page.TypeAsync("#site", $" {site} ");
        await Task.WhenAll(page.WaitForNavigationAsync(), page.ClickAsync("button"));

        Assert.That(page.Url, Does.Contain($"{site}"));
        Assert.That(await page.GetContentAsync(), Does.Contain($"<code>{site}</code>"));
    }

    [Test]
    public async Task The_script_brings_it_up_to_date()
    {
        await using var page = await _browser.OpenAsync(Desktop);
        // Half a minute passes in a tenth of a second.
        await page.EvaluateExpressionOnNewDocumentAsync(
            "const real = setTimeout; window.setTimeout = (work, wait) => real(work, wait / 300)");
        await page.GoToAsync(_app.Address);
        await page.WaitForExpressionAsync("document.documentElement.dataset.refreshed >= 2");

        await _app.Database.ExecuteAsync("update worker_ticks set ended_at = now() - interval '77 minutes'");
        await page.WaitForExpressionAsync(sites == 0
            ? "document.documentElement.dataset.refreshed >= 3"
            : "document.querySelector('main').textContent.includes('1 h 17 min')");
        await _app.Database.ExecuteAsync("update worker_ticks set ended_at = now() - interval '4 minutes'");
    }

    [Test]
    public async Task Times_are_those_of_the_reader_s_zone_with_UTC_on_hover()
    {
        await using var page = await _browser.OpenAsync(Desktop);
        await page.EmulateTimezoneAsync("Asia/Tokyo");
        await page.GoToAsync(_app.Address);
        var (shown, hover, utc) = (
            await page.EvaluateExpressionAsync<string>("document.querySelector('time.abs').textContent"),
            await page.EvaluateExpressionAsync<string>("document.querySelector('time.abs').title"),
            await page.EvaluateExpressionAsync<DateTime>("document.querySelector('time.abs').dateTime"));

        Assert.That(hover, Does.EndWith("UTC"));
        Assert.That(shown, Does.Contain($"{utc.ToUniversalTime().AddHours(9):mm:ss}").And.Contain($"{utc.ToUniversalTime().AddHours(9).Day}"));
        Assert.That(await page.EvaluateExpressionAsync<int>("document.querySelectorAll('main .copy:not([hidden])').length"), troubled ? Is.GreaterThan(0) : Is.Zero);
    }

    [Test]
    public async Task The_link_refreshes_at_once_and_keeps_the_focus()
    {
        await using var page = await _browser.OpenAsync(Desktop);
        await page.GoToAsync(_app.Address);
        await page.FocusAsync("#refresh");
        await page.Keyboard.PressAsync(Key.Enter);

        await page.WaitForExpressionAsync("document.documentElement.dataset.refreshed == 1");
        Assert.That(await page.EvaluateExpressionAsync<string>("document.activeElement.id"), Is.EqualTo("refresh"));
    }

    [Test]
    public async Task Nothing_that_a_row_says_becomes_part_of_the_page()
    {
        await using var page = await _browser.OpenAsync(Desktop);
        List<string> messages = [];
        page.Console += (_, message) => messages.Add(message.Message.Text);
        page.PageError += (_, error) => messages.Add(error.Message);
        foreach (var address in await AddressesAsync())
        {
            await page.GoToAsync(address, WaitUntilNavigation.Networkidle0);
            Assert.That(await page.EvaluateExpressionAsync<bool>("'hacked' in window"), Is.False);
            Assert.That(await page.QuerySelectorAllAsync("main script, main img"), Is.Empty);
        }

        // A content security policy that kept something of ours from working would say so here.
        Assert.That(messages.Where(text => !text.Contains("401", StringComparison.Ordinal)), Is.Empty);
        if (troubled)
            Assert.That(await page.EvaluateExpressionAsync<string>("document.querySelector('main').textContent"), Does.Contain(StatusPageApp.HostileMessage.Trim()));
    }

    [Test]
    [Explicit("Writes the images of docs/status-page.md.")]
    [Category("Screenshots")]
    public async Task Screenshots_for_the_document()
    {
        if (sites < 2_000)
            return;
        foreach (var (width, height, name) in new[] { (Desktop, 780, "desktop"), (Phone, 844, "phone") })
        {
            await using var page = await _browser.OpenAsync(width, height);
            await page.GoToAsync(_app.Address);
            await ShootAsync(page, $"status-{name}-{(troubled ? "troubled" : "healthy")}");
            if (!troubled)
                continue;
            await page.GoToAsync($"{_app.Address}?site={await _app.HostileSiteAsync()}");
            await ShootAsync(page, $"status-{name}-site");
            await page.EmulateMediaFeaturesAsync([new MediaFeatureValue { MediaFeature = MediaFeature.PrefersColorScheme, Value = "dark" }]);
            await page.GoToAsync(_app.Address);
            await ShootAsync(page, $"status-{name}-dark");
        }
    }

    private static async Task ShootAsync(IPage page, string name)
    {
        var folder = Directory.CreateDirectory(Path.Combine(House.SourceTree.Root, "docs", "images"));
        await page.ScreenshotAsync(Path.Combine(folder.FullName, $"{name}.png"));
    }

    private async Task<string[]> AddressesAsync()
    {
        var site = troubled ? await _app.HostileSiteAsync()
            : await _app.Database.ScalarAsync<Guid>("select id from sites order by id limit 1");
        var sale = await _app.Database.ScalarAsync<Guid>(
            "select sale_id from offline_conversion_queue order by last_error is not distinct from $1 desc, id limit 1", StatusPageApp.HostileMessage);
        return sites == 0
            ? [_app.Address]
            : [_app.Address, $"{_app.Address}?site={site}", $"{_app.Address}?sort=waiting", $"{_app.Address}/sale/{sale}"];
    }

    private string Heading() => (sites, troubled) switch
    {
        (_, false) => "All well",
        (3, _) => "3 sites need a person",
        _ => "450 sites need a person",
    };

    private static Task<string> HeadingAsync(IPage page) =>
        page.QuerySelectorAsync("h1").EvaluateFunctionAsync<string>("one => one.textContent");

    private static async Task AssertFitsAsync(IPage page, byte[] html)
    {
        Assert.That(html, Has.Length.LessThan(100 * 1024).And.Length.GreaterThan(4 * 1024));
        Assert.That(
            await page.EvaluateExpressionAsync<int>("document.documentElement.scrollWidth - innerWidth"),
            Is.LessThanOrEqualTo(0),
            "it scrolls sideways");
    }

    private static async Task AssertNamedAsync(IPage page)
    {
        Assert.That(
            await page.EvaluateExpressionAsync<int[]>(
                "['h1', 'main', 'header', 'form[role=search]'].map(one => document.querySelectorAll(one).length)"),
            Is.All.EqualTo(1));
        Assert.That(
            await page.EvaluateExpressionAsync<int>(
                """
                [...document.querySelectorAll('input')].filter(one => !one.labels.length).length
                + [...document.querySelectorAll('table')].filter(one => !one.querySelector('th[scope=col]')).length
                + [...document.querySelectorAll('svg')].filter(one => !one.getAttribute('aria-label')).length
                + [...document.querySelectorAll('section')].filter(
                    one => !document.getElementById(one.getAttribute('aria-labelledby'))).length
                """),
            Is.Zero,
            "something has no name");
    }

    private static async Task<string[]> AxeViolationsAsync(IPage page)
    {
        await page.EvaluateExpressionAsync(Axe);
        return await page.EvaluateFunctionAsync<string[]>(
            """
            async () => (await axe.run()).violations.map(one =>
                `${one.id}: ${one.help} ${one.nodes.slice(0, 3).map(node => node.html + ' ' + (node.any[0]?.message ?? '')).join(' ')}`)
            """);
    }
}
