using System.Net;
using System.Text.Json.Nodes;
using OpsMantik.Local.GoogleEmulator;

namespace OpsMantik.Functions.Tests.Local.GoogleEmulator.DataManager;

public class IngestTests : DataManagerFixture
{
    [Test]
    public async Task A_good_request_gets_an_id_and_is_counted_only_after_its_delay()
    {
        var (status, json) = await IngestAsync(Event(1), Event(2));

        Assert.That(status, Is.EqualTo(HttpStatusCode.OK));
        Assert.That(json.AsObject().Select(field => field.Key), Is.EqualTo(["requestId"]));
        Time.Advance(TimeSpan.FromSeconds(2) - TimeSpan.FromTicks(1));
        Assert.That((Emulator.EffectCount, Emulator.OrderOf(Customer, "sale-1").Deliveries), Is.EqualTo((0L, 1)));
        Time.Advance(TimeSpan.FromTicks(1));
        Assert.That(Emulator.Orders, Is.EqualTo(new OrderCount[]
        {
            new(Customer, "sale-1", Deliveries: 1, Counted: 1), new(Customer, "sale-2", Deliveries: 1, Counted: 1),
        }));
    }

    [Test]
    public async Task A_counted_event_is_remembered_as_sent()
    {
        var request = Ingestion(Event(1));
        request["events"]![0]!["adIdentifiers"] = new JsonObject { ["wbraid"] = "w-1" };
        request["events"]![0]!["conversionValue"] = JsonNode.Parse("0.10");
        request["consent"] = new JsonObject { ["adUserData"] = "CONSENT_DENIED" };

        await PostIngestAsync(request);
        Time.Advance(Emulator.ProcessingDelay);

        Assert.That(Emulator.Accepted, Is.EqualTo(new AcceptedConversion[]
        {
            new(Customer, Action, "sale-1", "wbraid", "w-1", "2026-11-20T09:00:00Z", 0.10m, "TRY",
                new(ConsentStatus.Denied, null)),
        }));
    }

    [Test]
    public async Task The_call_is_remembered_with_accounts_owner_body_and_answer()
    {
        var request = Ingestion(Event(1), Event(2));
        request["destinations"]![0]!["loginAccount"] =
            new JsonObject { ["accountType"] = "GOOGLE_ADS", ["accountId"] = "9876543210" };

        var (_, json) = await PostIngestAsync(request);

        var call = Emulator.IngestCalls.Single();
        Assert.That((call.CustomerId, call.LoginCustomerId, call.ConversionActionId, call.EventCount), Is.EqualTo(
            (Customer, "9876543210", "777", 2)));
        Assert.That((call.Owner, call.RequestId, call.Status), Is.EqualTo(
            ("CANARY-refresh", (string?)json["requestId"], 200)));
        Assert.That(call.Body, Is.EqualTo(request.ToJsonString()));
        Assert.That(call.ToString(), Is.EqualTo("[redacted]"));
    }

    [Test]
    public async Task Validate_only_checks_and_counts_nothing_and_has_no_status()
    {
        var request = Ingestion(Event(1));
        request["validateOnly"] = true;
        var bad = Ingestion(Event(1, "bad-INVALID_EVENT"));
        bad["validateOnly"] = true;

        var (good, json) = await PostIngestAsync(request);
        var (refused, _) = await PostIngestAsync(bad);
        Time.Advance(Emulator.ProcessingDelay);

        Assert.That((good, refused), Is.EqualTo((HttpStatusCode.OK, HttpStatusCode.BadRequest)));
        Assert.That(Emulator.EffectCount, Is.Zero);
        Assert.That((await GetStatusAsync((string?)json["requestId"])).Status, Is.EqualTo(HttpStatusCode.BadRequest));
    }

    [Test]
    public async Task An_event_without_references_goes_to_every_destination()
    {
        var request = Ingestion(Event(1), Event(2));
        request["destinations"]!.AsArray().Add(Destination("1111111111", "d2"));
        request["events"]![0]!["destinationReferences"] = null;

        var (_, taken) = await PostIngestAsync(request);
        Time.Advance(Emulator.ProcessingDelay);
        var (_, status) = await GetStatusAsync((string?)taken["requestId"]);

        Assert.That(Emulator.Accepted.Select(c => (c.CustomerId, c.OrderId)), Is.EqualTo(
            [(Customer, "sale-1"), (Customer, "sale-2"), ("1111111111", "sale-1")]));
        Assert.That(
            status["requestStatusPerDestination"]!.AsArray().Select(
                d => (string?)d!["eventsIngestionStatus"]!["recordCount"]),
            Is.EqualTo(["2", "1"]));
    }
}
