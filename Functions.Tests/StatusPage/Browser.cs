using OpsMantik.Local;
using PuppeteerSharp;

namespace OpsMantik.Functions.Tests.StatusPage;

/// <summary>The machine's own Chromium, without a window, with a profile of its own that goes with it.</summary>
internal sealed class Browser : IAsyncDisposable
{
    private readonly IBrowser _browser;
    private readonly DirectoryInfo _profile;

    private Browser(IBrowser browser, DirectoryInfo profile) => (_browser, _profile) = (browser, profile);

    /// <summary>Ignores the test where there is no Chromium; on the build machine that is a failure.</summary>
    public static async Task<Browser> StartAsync()
    {
        var program = new[] { "chromium", "chromium-browser", "google-chrome", "google-chrome-stable" }
            .Select(SearchPath.Find)
            .FirstOrDefault(path => path is not null);
        if (program is null)
        {
            const string Missing = "These tests need Chromium on the path: apt-get install chromium, or your system's package.";
            if (Environment.GetEnvironmentVariable("CI") == "true")
                Assert.Fail(Missing);
            Assert.Ignore(Missing);
        }

        var profile = Directory.CreateTempSubdirectory("opsmantik-chromium-");
        var browser = await Puppeteer.LaunchAsync(new LaunchOptions
        {
            ExecutablePath = program,
            Headless = true,
            UserDataDir = profile.FullName,
            Timeout = 120_000,
            Args =
            [
                "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
                "--disable-component-update", "--disable-sync", "--disable-dev-shm-usage", "--hide-scrollbars",
            ],
        });
        return new Browser(browser, profile);
    }

    /// <summary>A page that signs in when it is asked to, as a person would.</summary>
    public async Task<IPage> OpenAsync(int width, int height = 900)
    {
        var page = await _browser.NewPageAsync();
        page.DefaultTimeout = 60_000;
        await page.SetViewportAsync(new ViewPortOptions { Width = width, Height = height });
        await page.AuthenticateAsync(new Credentials { Username = "anyone", Password = Hosts.HostedWorker.Secret });
        return page;
    }

    public async ValueTask DisposeAsync()
    {
        await _browser.DisposeAsync();
        try
        {
            _profile.Delete(recursive: true);
        }
        catch (IOException)
        {
            // A helper process of the browser may still be writing its last file there.
        }
    }
}
