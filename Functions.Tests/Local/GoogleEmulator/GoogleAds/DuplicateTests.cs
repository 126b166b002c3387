using OpsMantik.Local.GoogleEmulator;

namespace OpsMantik.Functions.Tests.Local.GoogleEmulator.GoogleAds;

public class DuplicateTests : EmulatorFixture
{
    [Test]
    public async Task Without_the_list_of_what_was_accepted_every_effect_still_counts_once()
    {
        Emulator.KeepAccepted = false;

        await UploadAsync(Row(1));
        await UploadAsync(Row(1), Row(2));

        Assert.That(Emulator.EffectCount, Is.EqualTo(2));
        Assert.That(Emulator.Accepted, Is.Empty);
        Assert.That(Emulator.Orders.Select(order => order.Counted), Is.All.EqualTo(1));
    }

    [Test]
    public async Task Rows_of_one_request_that_share_an_order_id_are_all_refused()
    {
        var (_, json) = await UploadAsync(Row(1), Row(2), Row(3, "orderId", "sale-1"));

        Assert.That(Summaries(json), Is.EqualTo(new[]
        {
            "conversionUploadError/DUPLICATE_ORDER_ID at conversions[0].order_id",
            "conversionUploadError/DUPLICATE_ORDER_ID at conversions[2].order_id",
        }));
        Assert.That(Emulator.Accepted.Select(row => row.OrderId), Is.EqualTo(["sale-2"]));
        Assert.That(Emulator.OrderOf(Customer, "sale-1"), Is.EqualTo(Order("sale-1", deliveries: 2, counted: 0)));
    }

    [Test]
    public async Task Rows_of_one_request_that_share_click_and_instant_are_all_refused()
    {
        var sameInstant = Row(2, "gclid", "click-1");
        sameInstant["conversionDateTime"] = "2026-11-20 09:00:00+00:00";

        var (_, json) = await UploadAsync(Row(1), sameInstant);

        Assert.That(Summaries(json), Is.EqualTo(new[]
        {
            "conversionUploadError/DUPLICATE_CLICK_CONVERSION_IN_REQUEST at conversions[0].gclid",
            "conversionUploadError/DUPLICATE_CLICK_CONVERSION_IN_REQUEST at conversions[1].gclid",
        }));
        Assert.That(Emulator.EffectCount, Is.Zero);
    }

    [Test]
    public async Task A_conversion_sent_again_already_exists_and_is_counted_once()
    {
        await UploadAsync(Row(1));
        var (_, json) = await UploadAsync(Row(1));

        Assert.That(Summaries(json), Is.EqualTo(
            ["conversionUploadError/CLICK_CONVERSION_ALREADY_EXISTS at conversions[0].gclid"]));
        Assert.That(Emulator.OrderOf(Customer, "sale-1"), Is.EqualTo(Order("sale-1", deliveries: 2, counted: 1)));
    }

    [Test]
    public async Task An_order_id_of_another_click_is_already_in_use()
    {
        await UploadAsync(Row(1));
        var (_, json) = await UploadAsync(Row(2, "orderId", "sale-1"));

        Assert.That(Summaries(json), Is.EqualTo(
            ["conversionUploadError/ORDER_ID_ALREADY_IN_USE at conversions[0].order_id"]));
        Assert.That((string?)Errors(json)[0]!["trigger"]!["stringValue"], Is.EqualTo("sale-1"));
    }

    [Test]
    public async Task Another_customer_or_another_time_is_another_conversion()
    {
        var later = Row(2, "gclid", "click-1");
        later["conversionDateTime"] = "2026-11-20 12:00:01+03:00";

        await UploadAsync(Row(1));
        await UploadAsync(later);
        await PostUploadAsync(Request(Row(1)), customer: "1111111111");

        Assert.That(Emulator.EffectCount, Is.EqualTo(3));
    }

    [Test]
    public async Task A_sale_counted_under_two_actions_shows_as_counted_twice()
    {
        await UploadAsync(Row(1));
        await UploadAsync(Row(1, "conversionAction", "customers/1234567890/conversionActions/888"));

        Assert.That(Emulator.Orders, Is.EqualTo(new[] { Order("sale-1", deliveries: 2, counted: 2) }));
    }

    [Test]
    public async Task Each_row_sent_by_many_calls_at_once_is_counted_once()
    {
        var rows = Enumerable.Range(0, 200).ToArray();

        await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => UploadAsync(rows.Select(Row))));

        Assert.That(Emulator.EffectCount, Is.EqualTo(200));
        Assert.That(Emulator.Calls, Has.Count.EqualTo(8));
        Assert.That(Emulator.Orders, Has.Count.EqualTo(200)
            .And.All.Matches<OrderCount>(o => o is { Deliveries: 8, Counted: 1 }));
    }

    private static OrderCount Order(string order, int deliveries, int counted) =>
        new(Customer, order, deliveries, counted);
}
