using OpsMantik.Local.GoogleEmulator;

namespace OpsMantik.Functions.Tests.Local.GoogleEmulator.DataManager;

public class DuplicateTests : DataManagerFixture
{
    [Test]
    public async Task An_event_sent_again_is_no_error_and_counted_once()
    {
        await ProcessAsync(Event(1));
        var again = await ProcessAsync(Event(1), Event(2));

        Assert.That(Outcome(again), Is.EqualTo(["SUCCESS"]));
        Assert.That(Emulator.OrderOf(Customer, "sale-1"), Is.EqualTo(new OrderCount(Customer, "sale-1", 2, 1)));
    }

    [Test]
    public async Task The_same_click_and_instant_under_another_transaction_id_is_a_duplicate()
    {
        await ProcessAsync(Event(1));
        var same = Event(2, "click-1");
        same["eventTimestamp"] = "2026-11-20T12:00:00+03:00";

        Assert.That(Outcome(await ProcessAsync(same)), Is.EqualTo(
            ["FAILED", "PROCESSING_ERROR_REASON_DUPLICATE_GCLID 1 [0]"]));
    }

    [Test]
    public async Task A_repeat_within_a_request_is_counted_once()
    {
        var status = await ProcessAsync(Event(1), Event(1));

        Assert.That(Outcome(status), Is.EqualTo(["SUCCESS"]));
        Assert.That(Emulator.EffectCount, Is.EqualTo(1));
    }

    [Test]
    public async Task A_sale_sent_by_the_Google_Ads_API_is_known_to_Data_Manager()
    {
        await UploadAsync(Row(1));

        Assert.That(Outcome(await ProcessAsync(Event(1))), Is.EqualTo(["SUCCESS"]));
        Assert.That(Emulator.Orders, Is.EqualTo(new[] { new OrderCount(Customer, "sale-1", 2, 1) }));
    }

    [Test]
    public async Task A_sale_counted_by_Data_Manager_already_exists_for_the_Google_Ads_API()
    {
        await IngestAsync(Event(1));
        Time.Advance(Emulator.ProcessingDelay);

        var (_, json) = await UploadAsync(Row(1));

        Assert.That(Summaries(json), Is.EqualTo(
            ["conversionUploadError/CLICK_CONVERSION_ALREADY_EXISTS at conversions[0].gclid"]));
    }

    [Test]
    public async Task Each_event_sent_by_many_requests_at_once_is_counted_once()
    {
        await Task.WhenAll(Enumerable.Range(0, 8).Select(
            _ => IngestAsync(Enumerable.Range(0, 200).Select(number => Event(number)))));
        Time.Advance(Emulator.ProcessingDelay);

        Assert.That(Emulator.EffectCount, Is.EqualTo(200));
        Assert.That(Emulator.Orders, Has.Count.EqualTo(200)
            .And.All.Matches<OrderCount>(o => o is { Deliveries: 8, Counted: 1 }));
    }
}
