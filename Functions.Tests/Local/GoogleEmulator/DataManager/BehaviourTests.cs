using System.Net;
using System.Text.Json;
using System.Text.Json.Nodes;
using OpsMantik.Local.GoogleEmulator;

namespace OpsMantik.Functions.Tests.Local.GoogleEmulator.DataManager;

public class BehaviourTests : DataManagerFixture
{
    private static IEnumerable<TestCaseData> Refusals =>
    [
        new(CallBehaviour.Unauthorized, 401, "UNAUTHENTICATED", "ACCESS_TOKEN_TYPE_UNSUPPORTED"),
        new(CallBehaviour.Forbidden, 403, "PERMISSION_DENIED", "PERMISSION_DENIED"),
        new(CallBehaviour.NotAllowlisted, 403, "PERMISSION_DENIED", "NOT_ALLOWLISTED"),
        new(CallBehaviour.BadRequest("INVALID_CONVERSION_ACTION_TYPE"), 400, "INVALID_ARGUMENT",
            "INVALID_CONVERSION_ACTION_TYPE"),
        new(CallBehaviour.ServerError(500), 500, "INTERNAL", "INTERNAL_ERROR"),
        new(CallBehaviour.ServerError(503), 503, "UNAVAILABLE", null),
        new(CallBehaviour.ServerError(504), 504, "DEADLINE_EXCEEDED", "DEADLINE_EXCEEDED"),
    ];

    [TestCaseSource(nameof(Refusals))]
    public async Task A_refusal_has_Googles_status_and_reason(
        CallBehaviour behaviour, int status, string name, string? reason)
    {
        Emulator.SetBehaviour(Customer, behaviour);

        var (answered, json) = await IngestAsync(Event(1));
        Time.Advance(Emulator.ProcessingDelay);

        Assert.That(((int)answered, (string?)json["error"]!["status"]), Is.EqualTo((status, name)));
        Assert.That((string?)Detail(json, "ErrorInfo")?["reason"], Is.EqualTo(reason));
        Assert.That((Emulator.EffectCount, Emulator.IngestCalls[0].Status), Is.EqualTo((0L, status)));
        Assert.That(Emulator.OrderOf(Customer, "sale-1").Deliveries, Is.EqualTo(1));
    }

    [Test]
    public async Task Quota_errors_name_the_limit_and_the_wait_and_status_reads_have_their_own()
    {
        Emulator.QueueBehaviour(null, CallBehaviour.QuotaTemporary(TimeSpan.FromSeconds(1.5)));
        Emulator.QueueBehaviour(null, CallBehaviour.QuotaDaily());
        Emulator.SetBehaviour(null, CallBehaviour.QuotaTemporary(), CallTarget.Status);

        var (status, minute) = await IngestAsync(Event(1));
        var (_, day) = await IngestAsync(Event(1));
        var (_, read) = await GetStatusAsync("t-1");

        Assert.That((int)status, Is.EqualTo(429));
        Assert.That((string?)minute["error"]!["status"], Is.EqualTo("RESOURCE_EXHAUSTED"));
        Assert.That(Quota(minute), Is.EqualTo("IngestionMutateRequestsPerMinutePerProject 1.5s"));
        Assert.That(Quota(day), Is.EqualTo("IngestionMutateRequestsPerDayPerProject 43200s"));
        Assert.That(Quota(read), Is.EqualTo("IngestionReadRequestsPerMinutePerProject 30s"));
    }

    [Test]
    public async Task A_status_behaviour_is_chosen_by_the_requests_account()
    {
        var (_, taken) = await IngestAsync(Event(1));
        var id = (string?)taken["requestId"];
        Emulator.QueueBehaviour(Customer, CallBehaviour.ServerError(502, html: true), target: CallTarget.Status);

        using var broken = await Http.GetAsync(new Uri($"/v1/requestStatus:retrieve?requestId={id}", UriKind.Relative));

        Assert.That(broken.StatusCode, Is.EqualTo(HttpStatusCode.BadGateway));
        Assert.That((await GetStatusAsync(id)).Status, Is.EqualTo(HttpStatusCode.OK));
        Assert.That((await IngestAsync(Event(2))).Status, Is.EqualTo(HttpStatusCode.OK));
    }

    [Test]
    public async Task A_connection_cut_after_accepting_loses_the_id_and_the_event_counts()
    {
        Emulator.QueueBehaviour(Customer, CallBehaviour.CutAfterAccept);

        Assert.ThrowsAsync<HttpRequestException>(() => IngestAsync(Event(1)));
        Time.Advance(Emulator.ProcessingDelay);

        Assert.That(Outcome(await ProcessAsync(Event(1))), Is.EqualTo(["SUCCESS"]));
        Assert.That(Emulator.OrderOf(Customer, "sale-1"), Is.EqualTo(new OrderCount(Customer, "sale-1", 2, 1)));
    }

    [Test]
    public void A_cut_connection_counts_nothing()
    {
        Emulator.SetBehaviour(null, CallBehaviour.Cut);
        Emulator.SetBehaviour(null, CallBehaviour.Cut, CallTarget.Status);

        Assert.ThrowsAsync<HttpRequestException>(() => IngestAsync(Event(1)));
        Assert.ThrowsAsync<HttpRequestException>(() => GetStatusAsync("t-1"));
        Time.Advance(Emulator.ProcessingDelay);

        Assert.That(Emulator.EffectCount, Is.Zero);
    }

    [TestCase(BehaviourKind.Garbage, 0)]
    [TestCase(BehaviourKind.TruncatedJson, 1)]
    public async Task A_success_that_is_no_JSON_may_have_counted(BehaviourKind kind, int counted)
    {
        Emulator.SetBehaviour(
            null, kind is BehaviourKind.Garbage ? CallBehaviour.Garbage : CallBehaviour.TruncatedJson);

        using var response = await Http.PostAsync(
            new Uri("/v1/events:ingest", UriKind.Relative), Content(Ingestion(Event(1))));
        var body = await response.Content.ReadAsStringAsync();
        Time.Advance(Emulator.ProcessingDelay);

        Assert.That(response.StatusCode, Is.EqualTo(HttpStatusCode.OK));
        Assert.That(() => JsonDocument.Parse(body), Throws.InstanceOf<JsonException>());
        Assert.That(Emulator.EffectCount, Is.EqualTo(counted));
    }

    private static string Quota(JsonNode json) =>
        $"{Detail(json, "ErrorInfo")!["metadata"]!["quota_limit"]} {Detail(json, "RetryInfo")!["retryDelay"]}";
}
