using System.Net;
using System.Text.Json.Nodes;

namespace OpsMantik.Functions.Tests.Local.GoogleEmulator.DataManager;

public class StatusTests : DataManagerFixture
{
    [Test]
    public async Task A_request_is_processing_until_its_delay_has_passed()
    {
        var (_, taken) = await IngestAsync(Event(1));
        var id = (string?)taken["requestId"];

        var (_, before) = await GetStatusAsync(id);
        Time.Advance(Emulator.ProcessingDelay);
        var (_, after) = await GetStatusAsync(id);

        const string Destination =
            """{"reference":"d1","operatingAccount":{"accountType":"GOOGLE_ADS","accountId":"1234567890"},"productDestinationId":"777"}""";
        Assert.That(before.ToJsonString(), Is.EqualTo(
            $$$"""{"requestStatusPerDestination":[{"destination":{{{Destination}}},"requestStatus":"PROCESSING"}]}"""));
        Assert.That(after.ToJsonString(), Is.EqualTo(
            $$$"""{"requestStatusPerDestination":[{"destination":{{{Destination}}},"requestStatus":"SUCCESS","eventsIngestionStatus":{"recordCount":"1"}}]}"""));
    }

    [Test]
    public async Task Partial_success_reports_reasons_counts_and_indices()
    {
        var status = await ProcessAsync(
            Event(0), Event(1, "proc-INVALID_GCLID-1"), Event(2), Event(3, "proc-TOO_RECENT_CLICK-3"),
            Event(4, "proc-INVALID_GCLID-4"));

        Assert.That(Outcome(status), Is.EqualTo(
        [
            "PARTIAL_SUCCESS", "PROCESSING_ERROR_REASON_INVALID_GCLID 2 [1,4]",
            "PROCESSING_ERROR_REASON_TOO_RECENT_CLICK 1 [3]",
        ]));
        Assert.That((string?)status["eventsIngestionStatus"]!["recordCount"], Is.EqualTo("5"));
        Assert.That(Emulator.Accepted.Select(c => c.OrderId), Is.EqualTo(["sale-0", "sale-2"]));
    }

    [Test]
    public async Task A_request_whose_events_all_fail_has_failed()
    {
        var status = await ProcessAsync(Event(1, "procx-CLICK_NOT_FOUND-1"));

        Assert.That(Outcome(status), Is.EqualTo(["FAILED", "PROCESSING_ERROR_REASON_CLICK_NOT_FOUND 1"]));
    }

    [Test]
    public async Task Some_events_are_reported_by_count_alone_and_all_of_them_when_a_test_sets_it()
    {
        JsonObject[] events = [Event(0), Event(1, "procx-INTERNAL_ERROR-1"), Event(2, "proc-INVALID_CLICK-2")];
        var mixed = await ProcessAsync(events.Select(e => e.DeepClone().AsObject()));
        Emulator.StatusWithIndices = false;
        var counts = await ProcessAsync(events);

        Assert.That(Outcome(mixed), Is.EqualTo(
        [
            "PARTIAL_SUCCESS", "PROCESSING_ERROR_REASON_INTERNAL_ERROR 1",
            "PROCESSING_ERROR_REASON_INVALID_CLICK 1 [2]",
        ]));
        Assert.That(Outcome(counts), Is.EqualTo(
        [
            "PARTIAL_SUCCESS", "PROCESSING_ERROR_REASON_INTERNAL_ERROR 1",
            "PROCESSING_ERROR_REASON_INVALID_CLICK 1",
        ]));
    }

    [Test]
    public async Task An_event_may_fail_once_and_succeed_when_sent_again()
    {
        var first = await ProcessAsync(Event(1, "once-TOO_RECENT_CLICK-1"));
        var second = await ProcessAsync(Event(1, "once-TOO_RECENT_CLICK-1"));

        Assert.That(Outcome(first), Is.EqualTo(["FAILED", "PROCESSING_ERROR_REASON_TOO_RECENT_CLICK 1 [0]"]));
        Assert.That(Outcome(second), Is.EqualTo(["SUCCESS"]));
    }

    [Test]
    public async Task The_one_reason_without_REASON_in_its_prefix_is_written_as_Google_writes_it()
    {
        var status = await ProcessAsync(Event(1, "proc-OPERATING_ACCOUNT_MISMATCH_FOR_AD_IDENTIFIER"));

        Assert.That(Outcome(status)[1],
            Is.EqualTo("PROCESSING_ERROR_OPERATING_ACCOUNT_MISMATCH_FOR_AD_IDENTIFIER 1 [0]"));
    }

    [TestCase("t-unknown", "INVALID_REQUEST_ID")]
    [TestCase("", "REQUIRED_FIELD_MISSING")]
    public async Task An_unknown_request_is_refused(string id, string reason)
    {
        var (status, json) = await GetStatusAsync(id);

        Assert.That(status, Is.EqualTo(HttpStatusCode.BadRequest));
        Assert.That((string?)Detail(json, "ErrorInfo")!["reason"], Is.EqualTo(reason));
        Assert.That(Violations(json), Is.EqualTo([$"request_id {reason}"]));
    }

    [Test]
    public async Task A_forgotten_request_is_unknown_and_counted_all_the_same()
    {
        var (_, taken) = await IngestAsync(Event(1));

        Emulator.ForgetRequests();
        Time.Advance(Emulator.ProcessingDelay);

        var (_, json) = await GetStatusAsync((string?)taken["requestId"]);
        Assert.That((string?)Detail(json, "ErrorInfo")!["reason"], Is.EqualTo("INVALID_REQUEST_ID"));
        Assert.That(Emulator.EffectCount, Is.EqualTo(1));
    }

    [Test]
    public async Task A_request_held_in_processing_is_counted_when_it_is_released()
    {
        Emulator.NeverFinish = true;
        var stuck = await ProcessAsync(Event(1));
        Time.Advance(TimeSpan.FromDays(3));
        Assert.That((Outcome(stuck)[0], Emulator.EffectCount), Is.EqualTo(("PROCESSING", 0L)));

        Emulator.NeverFinish = false;

        Assert.That(Emulator.EffectCount, Is.EqualTo(1));
    }

    [Test]
    public async Task Status_calls_are_remembered()
    {
        var (_, taken) = await IngestAsync(Event(1));
        var id = (string)taken["requestId"]!;
        await GetStatusAsync(id);
        await GetStatusAsync("t-unknown");

        Assert.That(
            Emulator.StatusCalls.Select(call => (call.RequestId, call.CustomerId, call.Owner, call.Status)),
            Is.EqualTo(new[]
            {
                (id, Customer, "CANARY-refresh", (int?)200), ("t-unknown", "", "CANARY-refresh", 400),
            }));
        Assert.That(Emulator.StatusCalls[0].ToString(), Is.EqualTo("[redacted]"));
    }
}
