using OpsMantik.Functions.Tests.Hosts;
using OpsMantik.Functions.Tests.Scenarios;
using OpsMantik.Functions.Tests.Support;

namespace OpsMantik.Functions.Tests.Web.Endpoints;

[TestFixtureSource(typeof(HostedWorker), nameof(HostedWorker.Kinds))]
internal sealed class VersionAlarmTests(HostKind host) : Scenario
{
    [Test]
    public async Task A_retired_api_version_parks_the_rows_and_shows_in_log_and_health()
    {
        Google.SupportedVersions = new HashSet<string> { "v26" };
        var site = await AddSiteAsync(1);
        await Database.EnqueueAsync(site, 2);
        await using var app = await HostedWorker.StartAsync(
            host,
            ("ConnectionStrings:OpsMantik", Database.WorkerConnectionString),
            ("GoogleAds:BaseAddress", Google.BaseAddress.ToString()),
            ("GoogleAds:TokenUri", Google.TokenUri.ToString()));

        var before = await app.HealthAsync();
        using var upload = await app.PostAsync(Paths.Upload);
        var after = await app.HealthAsync();
        var parked = await RowsAsync(site);
        Google.SupportedVersions = new HashSet<string> { "v25" };
        await MakeDueAsync();
        using var later = await app.PostAsync(Paths.Upload);
        var atLast = await app.HealthAsync();

        Assert.Multiple(async () =>
        {
            Assert.That(before, Does.Contain("\"google_api\":\"ok\""));
            Assert.That(after, Does.Contain("\"google_api\":\"unsupported version v25\"").And.Contain("\"ok\":true"));
            Assert.That(app.Logs, Has.Some.StartsWith("Error Google has retired the configured API version"));
            Assert.That(parked, Is.EqualTo("RETRY/UNSUPPORTED_VERSION:2"));
            Assert.That(await RowsAsync(site), Is.EqualTo("COMPLETED:2"));
            Assert.That(atLast, Does.Contain("\"google_api\":\"ok\""), "an upload of that version went through");
        });
    }
}
