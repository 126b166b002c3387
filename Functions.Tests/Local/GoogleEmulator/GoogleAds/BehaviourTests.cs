using System.Net;
using System.Text.Json;
using OpsMantik.Local.GoogleEmulator;

namespace OpsMantik.Functions.Tests.Local.GoogleEmulator.GoogleAds;

public class BehaviourTests : EmulatorFixture
{
    [Test]
    public async Task A_temporary_quota_error_carries_its_retry_delay()
    {
        Emulator.SetBehaviour(null, CallBehaviour.QuotaTemporary(TimeSpan.FromSeconds(45)));

        var (status, json) = await UploadAsync(Row(1));

        Assert.That(status, Is.EqualTo(HttpStatusCode.TooManyRequests));
        Assert.That((string?)json["error"]!["status"], Is.EqualTo("RESOURCE_EXHAUSTED"));
        Assert.That(Summaries(json), Is.EqualTo(["quotaError/RESOURCE_TEMPORARILY_EXHAUSTED"]));
        Assert.That(Errors(json)[0]!["details"]!["quotaErrorDetails"]!.ToJsonString(), Is.EqualTo(
            """{"rateScope":"ACCOUNT","rateName":"Requests per customer per minute","retryDelay":"45s"}"""));
        Assert.That(Emulator.EffectCount, Is.Zero);
        Assert.That(Emulator.OrderOf(Customer, "sale-1").Deliveries, Is.EqualTo(1));
    }

    [Test]
    public async Task A_daily_quota_error_is_the_projects()
    {
        Emulator.SetBehaviour(null, CallBehaviour.QuotaDaily());

        var (status, json) = await UploadAsync(Row(1));

        Assert.That(status, Is.EqualTo(HttpStatusCode.TooManyRequests));
        Assert.That(Summaries(json), Is.EqualTo(["quotaError/RESOURCE_EXHAUSTED"]));
        Assert.That((string?)Errors(json)[0]!["details"]!["quotaErrorDetails"]!["rateScope"], Is.EqualTo("DEVELOPER"));
    }

    [TestCase(500, "INTERNAL")]
    [TestCase(502, "UNAVAILABLE")]
    [TestCase(503, "UNAVAILABLE")]
    public async Task A_server_error_comes_as_JSON(int status, string name)
    {
        Emulator.SetBehaviour(null, CallBehaviour.ServerError(status));

        var (answered, json) = await UploadAsync(Row(1));

        Assert.That((int)answered, Is.EqualTo(status));
        Assert.That((string?)json["error"]!["status"], Is.EqualTo(name));
    }

    [Test]
    public async Task A_server_error_comes_as_HTML()
    {
        Emulator.SetBehaviour(null, CallBehaviour.ServerError(502, html: true));

        using var response = await Http.PostAsync(Path(), Content(Request(Row(1))));

        Assert.That(response.StatusCode, Is.EqualTo(HttpStatusCode.BadGateway));
        Assert.That(response.Content.Headers.ContentType?.MediaType, Is.EqualTo("text/html"));
    }

    private static IEnumerable<TestCaseData> Refusals =>
    [
        new(CallBehaviour.Unauthorized, 401, "UNAUTHENTICATED", "authenticationError/OAUTH_TOKEN_INVALID"),
        new(CallBehaviour.Forbidden, 403, "PERMISSION_DENIED", "authorizationError/USER_PERMISSION_DENIED"),
        new(CallBehaviour.NotAllowlisted, 403, "PERMISSION_DENIED",
            "notAllowlistedError/CUSTOMER_NOT_ALLOWLISTED_FOR_THIS_FEATURE"),
        new(CallBehaviour.BadRequest("INVALID_CUSTOMER_ID"), 400, "INVALID_ARGUMENT",
            "requestError/INVALID_CUSTOMER_ID"),
    ];

    [TestCaseSource(nameof(Refusals))]
    public async Task A_refusal_has_Googles_status_and_failure(
        CallBehaviour behaviour, int status, string name, string expected)
    {
        Emulator.SetBehaviour(null, behaviour);

        var (answered, json) = await UploadAsync(Row(1));

        Assert.That((int)answered, Is.EqualTo(status));
        Assert.That((string?)json["error"]!["status"], Is.EqualTo(name));
        Assert.That(Summaries(json), Is.EqualTo([expected]));
        Assert.That((Emulator.EffectCount, Emulator.Calls.Single().Status), Is.EqualTo((0, status)));
    }

    [Test]
    public async Task Garbage_is_a_success_that_is_no_JSON()
    {
        Emulator.SetBehaviour(null, CallBehaviour.Garbage);

        using var response = await Http.PostAsync(Path(), Content(Request(Row(1))));
        var body = await response.Content.ReadAsStringAsync();

        Assert.That(response.StatusCode, Is.EqualTo(HttpStatusCode.OK));
        Assert.That(() => JsonDocument.Parse(body), Throws.InstanceOf<JsonException>());
        Assert.That(Emulator.EffectCount, Is.Zero);
    }

    [Test]
    public async Task Truncated_JSON_counts_and_breaks_off_within_the_partial_failure()
    {
        Emulator.SetBehaviour(null, CallBehaviour.TruncatedJson);
        var rows = Enumerable.Range(1, 100).Select(Row).Append(Row(0, "gclid", "err-EXPIRED_EVENT"));

        using var response = await Http.PostAsync(Path(), Content(Request(rows)));
        var body = await response.Content.ReadAsStringAsync();

        Assert.That(response.StatusCode, Is.EqualTo(HttpStatusCode.OK));
        Assert.That(body, Does.StartWith("{\"partialFailureError\":{").And.Not.Contain("\"results\""));
        Assert.That(() => JsonDocument.Parse(body), Throws.InstanceOf<JsonException>());
        Assert.That(Emulator.EffectCount, Is.EqualTo(100));
    }

    [Test]
    public async Task A_customers_behaviour_leaves_the_others_alone()
    {
        Emulator.SetBehaviour(Customer, CallBehaviour.ServerError());

        Assert.That((await UploadAsync(Row(1))).Status, Is.EqualTo(HttpStatusCode.ServiceUnavailable));
        Assert.That((await PostUploadAsync(Request(Row(1)), "1111111111")).Status, Is.EqualTo(HttpStatusCode.OK));
    }

    [Test]
    public async Task Queued_behaviours_come_first_and_the_customers_own_before_the_default()
    {
        Emulator.SetBehaviour(null, CallBehaviour.ServerError(500));
        Emulator.QueueBehaviour(null, CallBehaviour.Forbidden);
        Emulator.QueueBehaviour(Customer, CallBehaviour.Unauthorized, times: 2);

        List<int> statuses = [];
        for (var i = 0; i < 4; i++)
            statuses.Add((int)(await UploadAsync(Row(i))).Status);
        Emulator.SetBehaviour(Customer, CallBehaviour.Normal);
        statuses.Add((int)(await UploadAsync(Row(5))).Status);

        Assert.That(statuses, Is.EqualTo([401, 401, 403, 500, 200]));
    }
}
