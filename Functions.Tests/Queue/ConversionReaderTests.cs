using OpsMantik.Core.Conversions;
using OpsMantik.Core.Providers;
using OpsMantik.Core.Queue;
using OpsMantik.Functions.Tests.Providers;

namespace OpsMantik.Functions.Tests.Queue;

public class ConversionReaderTests
{
    [Test]
    public void Columns_are_read_where_the_payload_is_silent()
    {
        var conversion = Read(Jobs.One());

        Assert.Multiple(() =>
        {
            Assert.That(conversion.OrderId, Is.EqualTo(Jobs.SaleId.ToString()));
            Assert.That(conversion.OrderIdIsSaleId, Is.True);
            Assert.That(conversion.Click, Is.EqualTo(new ClickId(ClickIdKind.Gclid, "Cj0gclid")));
            Assert.That(conversion.Time, Is.EqualTo(Jobs.One().ConversionTime));
            Assert.That(conversion.Value, Is.EqualTo(TestConversions.Money(12_345)));
            Assert.That(conversion.Consent, Is.Null, "never invented");
        });
    }

    [Test]
    public void The_payload_overrides_the_columns()
    {
        var conversion = Read(Jobs.One(
            """
            {"conversion_time":"2026-11-21T12:00:00+03:00","value_cents":99,"currency":"EUR","order_id":"A-1",
             "click_ids":{"gclid":"other"},"consent":{"ad_user_data":"DENIED"},"unknown":[1,2]}
            """));

        Assert.Multiple(() =>
        {
            Assert.That(conversion.OrderId, Is.EqualTo("A-1"));
            Assert.That(conversion.OrderIdIsSaleId, Is.False);
            Assert.That(conversion.Click, Is.EqualTo(new ClickId(ClickIdKind.Gclid, "other")));
            Assert.That(conversion.Time, Is.EqualTo(new DateTimeOffset(2026, 11, 21, 9, 0, 0, TimeSpan.Zero)));
            Assert.That(conversion.Value, Is.EqualTo(TestConversions.Money(99, "EUR")));
            Assert.That(conversion.Consent, Is.EqualTo(new Consent(false, null)));
        });
    }

    [TestCase("g", "b", "w", ClickIdKind.Gclid)]
    [TestCase("", "b", "w", ClickIdKind.Gbraid)]
    [TestCase(null, null, "w", ClickIdKind.Wbraid)]
    public void One_click_id_is_chosen_gclid_first(string? gclid, string? gbraid, string? wbraid, ClickIdKind expected) =>
        Assert.That(
            Read(Jobs.One() with { Gclid = gclid, Gbraid = gbraid, Wbraid = wbraid }).Click!.Value.Kind,
            Is.EqualTo(expected));

    [Test]
    public void A_row_without_any_click_id_is_read_all_the_same() =>
        Assert.That(Read(Jobs.One() with { Gclid = null }).Click, Is.Null, "the provider refuses it, with its own code");

    [Test]
    public void A_second_claim_says_that_the_first_may_have_arrived() =>
        Assert.That(Read(Jobs.One() with { ClaimCount = 2 }).MayHaveBeenSent, Is.True);

    [TestCase("[]", "not an object")]
    [TestCase("null", "not an object")]
    [TestCase("""{"value_cents":"12,5"}""", "payload.value_cents is not a whole number")]
    [TestCase("""{"value_cents":1.5}""", "payload.value_cents is not a whole number")]
    [TestCase("""{"value_cents":99999999999999999999}""", "payload.value_cents is not a whole number")]
    [TestCase("""{"currency":5}""", "payload.currency is not a text")]
    [TestCase("""{"click_ids":"x"}""", "payload.click_ids is not an object")]
    [TestCase("""{"click_ids":{"gclid":{}}}""", "payload.click_ids.gclid is not a text")]
    [TestCase("""{"conversion_time":"yesterday"}""", "payload.conversion_time is not a time with a zone")]
    [TestCase("""{"conversion_time":"2026-11-21 12:00:00"}""", "payload.conversion_time is not a time with a zone")]
    [TestCase("""{"conversion_time":"2026-11-21"}""", "payload.conversion_time is not a time with a zone")]
    public void A_payload_of_the_wrong_shape_fails_and_names_the_field(string payload, string expected)
    {
        var (conversion, fault, _) = Jobs.Reader.Read(Jobs.One(payload));

        Assert.Multiple(() =>
        {
            Assert.That(conversion, Is.Null);
            Assert.That(fault!.Kind, Is.EqualTo(OutcomeKind.Failed));
            Assert.That(fault.Code, Is.EqualTo("INVALID_PAYLOAD"));
            Assert.That(fault.Message, Does.Contain(expected));
            Assert.That(fault.SpendsAttempt, Is.False);
        });
    }

    [TestCase("2026-11-21T12:00:00Z")]
    [TestCase("2026-11-21T12:00:00.000Z")]
    [TestCase("2026-11-21 12:00:00+00")]
    [TestCase("2026-11-21 15:00:00+03:00")]
    [TestCase("2026-11-21T15:00:00+0300")]
    public void A_time_may_be_written_as_json_or_postgresql_writes_it(string text) =>
        Assert.That(
            Read(Jobs.One($$"""{"conversion_time":"{{text}}"}""")).Time,
            Is.EqualTo(new DateTimeOffset(2026, 11, 21, 12, 0, 0, TimeSpan.Zero)));

    [TestCase("""{"currency":null,"order_id":"","click_ids":{},"consent":{}}""")]
    [TestCase("""{"consent":{"ad_user_data":"UNSPECIFIED"}}""")]
    public void Null_and_empty_override_nothing(string payload)
    {
        var conversion = Read(Jobs.One(payload));

        Assert.Multiple(() =>
        {
            Assert.That(conversion, Is.EqualTo(Read(Jobs.One())));
            Assert.That(conversion.Consent, Is.Null);
        });
    }

    [Test]
    public void A_first_claim_cannot_have_sent_the_row() =>
        Assert.That(Read(Jobs.One() with { ClaimCount = 1 }).MayHaveBeenSent, Is.False);

    [TestCase("{")]
    [TestCase("""{"order_id":"\ud800"}""")]
    public void A_payload_that_cannot_be_read_fails_alone(string payload)
    {
        var (conversion, fault, _) = Jobs.Reader.Read(Jobs.One(payload));

        Assert.Multiple(() =>
        {
            Assert.That(conversion, Is.Null);
            Assert.That(fault!.Message, Does.Contain("not readable JSON"));
        });
    }

    [TestCase("""{"ad_user_data":"GRANTED","adUserData":"DENIED","adPersonalization":"GRANTED"}""", true, true)]
    [TestCase("""{"adUserData":"GRANTED","ad_personalization":"DENIED","adPersonalization":"GRANTED"}""", true, false)]
    [TestCase("""{"adUserData":"DENIED"}""", false, null)]
    public void Consent_is_read_in_both_spellings_the_databases_own_first(string consent, bool? userData, bool? personalization) =>
        Assert.That(
            Read(Jobs.One($$"""{"consent":{{consent}}}""")).Consent,
            Is.EqualTo(new Consent(userData, personalization)));

    private static Conversion Read(ConversionJob job)
    {
        var (conversion, fault, _) = Jobs.Reader.Read(job);
        return conversion ?? throw new AssertionException($"refused: {fault!.Message}");
    }
}
