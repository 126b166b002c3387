using System.Text.Json.Nodes;
using OpsMantik.Local.GoogleEmulator;

namespace OpsMantik.Functions.Tests.Local.GoogleEmulator.DataManager;

/// <summary>An event whose transaction id the conversion action has already is an adjustment.</summary>
public class RestatementTests : DataManagerFixture
{
    [Test]
    public async Task It_overwrites_value_and_currency_and_nothing_else()
    {
        await ProcessAsync(Event(1));

        // Google keeps the original's click, whatever the adjustment says.
        var status = await ProcessAsync(Worth(Event(1, "click-9"), 70, "EUR"));

        Assert.That(Outcome(status), Is.EqualTo(["SUCCESS"]));
        Assert.That(Emulator.Conversions.Single(), Is.EqualTo(new ConversionState(
            Customer, Action, "sale-1", "click-1", 70, "EUR", IsRetracted: false, Adjustments: 1)));
        Assert.That(Emulator.EffectCount, Is.EqualTo(1));
    }

    [Test]
    public async Task The_last_event_to_be_processed_stands_and_the_same_again_changes_nothing()
    {
        await ProcessAsync(Event(1));
        await ProcessAsync(Worth(Event(1), 70), Worth(Event(1), 60));
        await ProcessAsync(Worth(Event(1), 60));

        Assert.That((Emulator.Conversions.Single().Value, Emulator.Conversions.Single().Adjustments), Is.EqualTo((60m, 2)));
    }

    [Test]
    public async Task Once_it_is_0_it_stays_0_and_counted()
    {
        await ProcessAsync(Event(1));
        await ProcessAsync(Worth(Event(1), 0));
        var late = await ProcessAsync(Event(1));

        Assert.That(Outcome(late), Is.EqualTo(["SUCCESS"]));
        Assert.That((Emulator.Conversions.Single().Value, Emulator.Conversions.Single().IsRetracted), Is.EqualTo((0m, false)));
    }

    [Test]
    public async Task A_sale_of_0_sent_twice_can_still_be_restated()
    {
        await ProcessAsync(Worth(Event(1), 0));
        await ProcessAsync(Worth(Event(1), 0));
        await ProcessAsync(Worth(Event(1), 70));

        Assert.That(Emulator.Conversions.Single().Value, Is.EqualTo(70m));
    }

    [Test]
    public async Task A_transaction_id_that_matches_none_is_a_new_conversion()
    {
        await ProcessAsync(Event(1));
        await ProcessAsync(Worth(Event(2), 0));

        Assert.That(Emulator.EffectCount, Is.EqualTo(2));
    }

    [Test]
    public async Task A_script_fails_the_adjustment_and_not_the_conversion()
    {
        Assert.That(Outcome(await ProcessAsync(Event(1, "adj-INVALID_EVENT"))), Is.EqualTo(["SUCCESS"]));

        var status = await ProcessAsync(Worth(Event(1, "adj-INVALID_EVENT"), 70));

        Assert.That(Outcome(status), Is.EqualTo(["FAILED", "PROCESSING_ERROR_REASON_INVALID_EVENT 1 [0]"]));
        Assert.That(Emulator.Conversions.Single().Value, Is.EqualTo(12.5m));
    }

    private static JsonObject Worth(JsonObject sent, decimal value, string currency = "TRY")
    {
        (sent["conversionValue"], sent["currency"]) = (value, currency);
        return sent;
    }
}
