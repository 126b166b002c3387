using System.Text;
using PuppeteerSharp;
using PuppeteerSharp.Media;

namespace OpsMantik.Functions.Tests.StatusPage;

/// <summary>The pages on paper.</summary>
internal sealed class PrintTests
{
    // A4 at 96 dots an inch, without margins of 1 cm.
    private const int Paper = 718;

    private Browser _browser = null!;
    private StatusPageApp _app = null!;

    [OneTimeSetUp]
    public async Task OpenAsync()
    {
        _browser = await Browser.StartAsync();
        _app = await StatusPageApp.StartAsync(60, troubled: true);
    }

    [OneTimeTearDown]
    public async Task CloseAsync()
    {
        if (_app is not null)
            await _app.DisposeAsync();
        if (_browser is not null)
            await _browser.DisposeAsync();
    }

    [TestCase(false)]
    [TestCase(true)]
    public async Task All_that_the_tables_say_is_printed_black_on_white_and_nothing_to_press(bool dark)
    {
        await using var page = await _browser.OpenAsync(Paper);
        await page.EmulateMediaFeaturesAsync(
            [new MediaFeatureValue { MediaFeature = MediaFeature.PrefersColorScheme, Value = dark ? "dark" : "light" }]);
        await page.EmulateMediaTypeAsync(MediaType.Print);
        foreach (var query in new[] { "", $"?site={await _app.HostileSiteAsync()}", "?sort=need" })
        {
            await page.GoToAsync(_app.Address + query);

            Assert.That(await page.EvaluateExpressionAsync<int>("document.querySelectorAll('.scroll td').length"), Is.GreaterThan(9), query);
            Assert.That(await FindAsync(page, ".scroll td, .scroll th, .needs li, h1, h2, figure", "!one.checkVisibility()"), Is.Empty, query);
            Assert.That(await FindAsync(page, ".scroll td, .scroll th", "one.scrollWidth > one.clientWidth + 1 || one.getBoundingClientRect().right > innerWidth + 1"), Is.Empty, query);
            Assert.That(await FindAsync(page, ".scroll", "getComputedStyle(one).overflowX !== 'visible'"), Is.Empty, query);
            Assert.That(await FindAsync(page, "form, input, button, #refresh, .skip, .pages", "one.checkVisibility()"), Is.Empty, query);
            Assert.That(
                await page.EvaluateExpressionAsync<string[]>("[getComputedStyle(document.body).color, getComputedStyle(document.body).backgroundColor]"),
                Is.EqualTo(new[] { "rgb(0, 0, 0)", "rgb(255, 255, 255)" }), query);
        }
    }

    [Test]
    public async Task A_browser_makes_a_document_of_it()
    {
        await using var page = await _browser.OpenAsync(Paper);
        await page.GoToAsync(_app.Address);

        var document = await page.PdfDataAsync(new PdfOptions { Format = PaperFormat.A4 });

        Assert.That(Encoding.ASCII.GetString(document, 0, 5), Is.EqualTo("%PDF-"));
    }

    private static Task<string[]> FindAsync(IPage page, string selector, string condition) => page.EvaluateExpressionAsync<string[]>(
        $"[...document.querySelectorAll('{selector}')].filter(one => {condition}).map(one => one.outerHTML.slice(0, 200))");
}
