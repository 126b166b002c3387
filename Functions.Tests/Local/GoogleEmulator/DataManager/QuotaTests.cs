using System.Net;

namespace OpsMantik.Functions.Tests.Local.GoogleEmulator.DataManager;

public class QuotaTests : DataManagerFixture
{
    [Test]
    public async Task A_project_over_its_quota_of_the_minute_is_refused_until_the_next()
    {
        Emulator.RequestsPerMinute = 2;
        Time.Advance(TimeSpan.FromSeconds(15));

        await IngestAsync(Event(1));
        await IngestAsync(Event(2));
        var (status, json) = await IngestAsync(Event(3));
        Time.Advance(TimeSpan.FromSeconds(45));

        Assert.That((int)status, Is.EqualTo(429));
        Assert.That((string?)Detail(json, "ErrorInfo")!["metadata"]!["quota_limit"],
            Is.EqualTo("IngestionMutateRequestsPerMinutePerProject"));
        Assert.That((string?)Detail(json, "RetryInfo")!["retryDelay"], Is.EqualTo("45s"));
        Assert.That((await IngestAsync(Event(3))).Status, Is.EqualTo(HttpStatusCode.OK));
    }

    [Test]
    public async Task The_days_quota_outlasts_the_minute()
    {
        Emulator.RequestsPerDay = 1;

        await IngestAsync(Event(1));
        Time.Advance(TimeSpan.FromMinutes(5));
        var (_, json) = await IngestAsync(Event(2));

        Assert.That((string?)Detail(json, "ErrorInfo")!["metadata"]!["quota_limit"],
            Is.EqualTo("IngestionMutateRequestsPerDayPerProject"));
        Assert.That((string?)Detail(json, "RetryInfo")!["retryDelay"], Is.EqualTo("50100s"));
    }

    [Test]
    public async Task Reads_and_other_projects_have_quotas_of_their_own()
    {
        Emulator.RequestsPerMinute = 1;
        var (_, taken) = await IngestAsync(Event(1));

        Assert.That((await GetStatusAsync((string?)taken["requestId"])).Status, Is.EqualTo(HttpStatusCode.OK));
        var (_, other) = await PostTokenAsync("CANARY-refresh", clientId: "CANARY-other-client");
        Http.DefaultRequestHeaders.Authorization = new("Bearer", (string?)other["access_token"]);
        Assert.That((await IngestAsync(Event(2))).Status, Is.EqualTo(HttpStatusCode.OK));
    }
}
