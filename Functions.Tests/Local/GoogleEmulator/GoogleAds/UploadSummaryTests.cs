using System.Net;
using System.Text.Json.Nodes;
using OpsMantik.Local.GoogleEmulator.GoogleAds;

namespace OpsMantik.Functions.Tests.Local.GoogleEmulator.GoogleAds;

/// <summary><c>offline_conversion_upload_conversion_action_summary</c>: what the emulator really received, told as Google tells it.</summary>
public class UploadSummaryTests : EmulatorFixture
{
    private const string Resource = "offline_conversion_upload_conversion_action_summary";

    private static readonly string Query =
        $"SELECT {Resource}.client, {Resource}.conversion_action_id, {Resource}.conversion_action_name, {Resource}.status, "
        + $"{Resource}.total_event_count, {Resource}.successful_event_count, {Resource}.pending_event_count, "
        + $"{Resource}.last_upload_date_time, {Resource}.daily_summaries, {Resource}.job_summaries, {Resource}.alerts FROM {Resource}";

    [Test]
    public async Task Days_are_the_accounts_and_jobs_are_the_clients()
    {
        // 10:00 in UTC; half past midnight of the next day in Istanbul.
        await PostUploadAsync(Job(7, Row(1), Row(2)));
        Time.Advance(TimeSpan.FromHours(11.5));
        await UseTokenOfAsync("CANARY-refresh");
        await PostUploadAsync(Job(8, Row(2), Row(3)));

        var summary = (await SearchAsync()).Single();

        Assert.That(
            summary.ToJsonString(),
            Is.EqualTo("""
                {"client":"GOOGLE_ADS_API","conversionActionId":"777","conversionActionName":"Phone sale","status":"NEEDS_ATTENTION",
                "totalEventCount":"4","successfulEventCount":"3","lastUploadDateTime":"2026-11-24 00:30:00",
                "dailySummaries":[{"uploadDate":"2026-11-24","successfulCount":"1","failedCount":"1"},
                {"uploadDate":"2026-11-23","successfulCount":"2"}],
                "jobSummaries":[{"jobId":"8","successfulCount":"1","failedCount":"1"},{"jobId":"7","successfulCount":"2"}],
                "alerts":[{"error":{"conversionUploadError":"CLICK_CONVERSION_ALREADY_EXISTS"},"errorPercentage":0.5}]}
                """.ReplaceLineEndings("")));
    }

    [Test]
    public async Task What_is_only_validated_is_in_no_summary()
    {
        var request = Job(7, Row(1));
        request["validateOnly"] = true;
        await PostUploadAsync(request);

        Assert.That(await SearchAsync(), Is.Empty);
    }

    [Test]
    public async Task A_test_may_have_fewer_counted_and_some_pending()
    {
        await PostUploadAsync(Job(7, [.. Enumerable.Range(1, 10).Select(Row)]));
        Emulator.SetAccount(Customer, new AdsAccount
        {
            Summaries = new SummaryDeviation { Uncounted = 3, Error = "EXPIRED_EVENT", Pending = 2 },
        });

        var summary = (await SearchAsync()).Single();

        Assert.That(
            summary["dailySummaries"]!.ToJsonString(),
            Is.EqualTo("""[{"uploadDate":"2026-11-23","successfulCount":"5","failedCount":"3","pendingCount":"2"}]"""));
        Assert.That(
            summary["alerts"]!.ToJsonString(),
            Is.EqualTo("""[{"error":{"conversionUploadError":"EXPIRED_EVENT"},"errorPercentage":0.3}]"""));
        Assert.That(Emulator.EffectCount, Is.EqualTo(10), "only what is told differs");
    }

    [Test]
    public async Task An_answer_comes_in_pages()
    {
        Emulator.SearchPageRows = 1;
        await PostUploadAsync(Job(7, Row(1), Row(2, "conversionAction", "customers/1234567890/conversionActions/778")));

        var (_, first) = await PostAsync(new JsonObject { ["query"] = Query });
        var (_, second) = await PostAsync(new JsonObject { ["query"] = Query, ["pageToken"] = (string?)first["nextPageToken"] });

        Assert.That(first["results"]!.AsArray(), Has.Count.EqualTo(1));
        Assert.That(second["results"]!.AsArray(), Has.Count.EqualTo(1));
        Assert.That(second["nextPageToken"], Is.Null);
    }

    [TestCase("""{"query":"SELECT offline_conversion_upload_conversion_action_summary.success_rate FROM offline_conversion_upload_conversion_action_summary"}""", "UNRECOGNIZED_FIELD")]
    [TestCase("""{"query":"SELECT customer.id FROM customer","pageSize":10}""", "PAGE_SIZE_NOT_SUPPORTED")]
    [TestCase("""{"query":"SELECT customer.id FROM customer","pageToken":"mine"}""", "INVALID_PAGE_TOKEN")]
    public async Task What_Google_would_not_answer_is_refused(string body, string code)
    {
        var (status, json) = await PostAsync(JsonNode.Parse(body)!.AsObject());

        Assert.That(status, Is.EqualTo(HttpStatusCode.BadRequest));
        Assert.That(json.ToJsonString(), Does.Contain(code));
    }

    [Test]
    public async Task A_job_without_a_proper_number_is_refused()
    {
        var (status, json) = await PostUploadAsync(Job(0, Row(1)));

        Assert.That(status, Is.EqualTo(HttpStatusCode.BadRequest));
        Assert.That(json.ToJsonString(), Does.Contain("INVALID_JOB_ID"));
    }

    private static JsonObject Job(int job, params IEnumerable<JsonObject> rows)
    {
        var request = Request(rows);
        request["jobId"] = job;
        return request;
    }

    private async Task<List<JsonNode>> SearchAsync()
    {
        var (status, json) = await PostAsync(new JsonObject { ["query"] = Query });
        Assert.That(status, Is.EqualTo(HttpStatusCode.OK), json.ToJsonString());
        return [.. (json["results"]?.AsArray() ?? []).Select(row => row!["offlineConversionUploadConversionActionSummary"]!)];
    }

    private Task<(HttpStatusCode Status, JsonNode Json)> PostAsync(JsonObject body) =>
        SendAsync(new Uri($"/v25/customers/{Customer}/googleAds:search", UriKind.Relative), Content(body));
}
