using CsCheck;
using Microsoft.Extensions.Options;
using OpsMantik.Core.Conversions;
using OpsMantik.Functions.Tests.Providers;

namespace OpsMantik.Functions.Tests.Conversions;

public class MoneyTests
{
    [TestCase("TRY", 12_345, "123.45")]
    [TestCase("JPY", 12_345, "12345")]
    [TestCase("KRW", 12_345, "12345")]
    [TestCase("IDR", 12_345, "12345", Description = "as the dashboard keeps it, though ISO 4217 gives two decimals")]
    [TestCase("KWD", 12_345, "12.345")]
    [TestCase("TND", 5, "0.005")]
    [TestCase("LYD", 12_345, "123.45", Description = "not in the dashboard's list: hundredths")]
    [TestCase("TRY", 12_300, "123")]
    [TestCase("TRY", 0, "0")]
    [TestCase("KWD", long.MaxValue, "9223372036854775.807")]
    public void The_minor_units_are_those_of_the_dashboard(string currency, long minor, string major) =>
        Assert.That(
            TestConversions.Money(minor, currency).ToMajor().ToString(System.Globalization.CultureInfo.InvariantCulture),
            Is.EqualTo(major));

    [TestCase("try", "TRY")]
    [TestCase(" Eur ", "EUR")]
    public void A_code_may_be_written_in_any_case(string text, string code)
    {
        Assert.That(Currencies.Default.TryFind(text, out var currency), Is.True);
        Assert.That(currency.Code, Is.EqualTo(code));
    }

    [TestCase(null)]
    [TestCase("")]
    [TestCase("XYZ")]
    [TestCase("TL")]
    [TestCase("TRYY")]
    [TestCase("TÜR")]
    [TestCase("XXX")]
    [TestCase("XAU")]
    public void What_is_no_currency_is_not_found(string? text) =>
        Assert.That(Currencies.Default.TryFind(text, out _), Is.False);

    [Test]
    public void A_dashboard_that_keeps_hundredths_of_everything_says_so_by_currency()
    {
        var currencies = new Currencies(Options.Create(new MoneyOptions { MinorUnits = "JPY=2, krw=2" }));

        Assert.That(currencies.TryFind("JPY", out var yen), Is.True);
        Assert.That(new Money(1_234_500, yen).ToMajor(), Is.EqualTo(12_345m));
        Assert.That(new Money(1_234_550, yen).FitsCurrency, Is.False, "a yen has no hundredths");
        Assert.That(currencies.TryFind("KRW", out var won) && won.MinorUnitDigits == 2, Is.True);
        Assert.That(currencies.TryFind("CLP", out var peso) && peso.MinorUnitDigits == 0, Is.True, "the others stay");
    }

    [TestCase("JPY")]
    [TestCase("JPY=5")]
    [TestCase("JPY=x")]
    [TestCase("YEN!=2")]
    public void An_override_that_cannot_be_read_is_named(string text) =>
        Assert.That(MoneyOptions.Check(text)?.ErrorMessage, Does.StartWith("Money__MinorUnits: '").And.Contain("as JPY=2"));

    [TestCase("JPY", 12_345, "¥12,345")]
    [TestCase("KWD", 12_345, "12.345 KWD")]
    [TestCase("TRY", 123_450, "₺1,234.50")]
    [TestCase("AUD", -5, "-0.05 AUD")]
    public void People_read_it_as_they_write_it(string currency, long minor, string text) =>
        Assert.That(TestConversions.Money(minor, currency).ToString(), Is.EqualTo(text));

    [TestCase("123.45", "TRY", 12_345)]
    [TestCase("12345", "JPY", 12_345)]
    [TestCase("12.345", "KWD", 12_345)]
    [TestCase("12345.00", "JPY", 12_345)]
    public void An_amount_in_the_major_unit_is_read_exactly(decimal amount, string currency, long minor)
    {
        Assert.That(Money.TryFromMajor(amount, Currencies.Default.Get(currency), out var money), Is.True);
        Assert.That(money.MinorUnits, Is.EqualTo(minor));
    }

    [TestCase("123.455", "TRY")]
    [TestCase("123.4", "JPY")]
    [TestCase("92233720368547758.08", "TRY")]
    public void An_amount_that_cannot_be_kept_exactly_is_refused(decimal amount, string currency)
    {
        Assert.That(Money.TryFromMajor(amount, Currencies.Default.Get(currency), out _), Is.False);
    }

    [Test]
    public void What_is_sent_reads_back_as_the_same_money() =>
        Gen.Select(Gen.Long, TestConversions.AnyCurrency).Sample((minor, currency) =>
        {
            var money = new Money(minor, currency);
            return Money.TryFromMajor(money.ToMajor(), currency, out var back) ? back == money : !money.FitsCurrency;
        });
}
