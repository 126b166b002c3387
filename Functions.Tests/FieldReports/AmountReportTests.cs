using OpsMantik.Core.Conversions;
using OpsMantik.Functions.Tests.Queue;

namespace OpsMantik.Functions.Tests.FieldReports;

/// <summary>Reports of amounts and currencies: one reading, or a refusal that says why.</summary>
public class AmountReportTests
{
    [TestCase("wp-e-commerce/WP-e-Commerce#1014", "2,000.00", "TRY", "2000 TRY")]
    [TestCase("OpenMage/magento-lts#3366", "4,245.42", "EUR", "4245.42 EUR")]
    [TestCase("PrestaShop/ganalytics#105", "1 234,50", "SEK", "1234.5 SEK")]
    [TestCase("woocommerce/woocommerce-paypal-payments#3498", "4,95", "EUR", "4.95 EUR")]
    [TestCase("firefly-iii/firefly-iii#4106", "4.711,98 €", "EUR", "4711.98 EUR")]
    [TestCase("firefly-iii/firefly-iii#4106", "10,00 €", "EUR", "10 EUR")]
    [TestCase("firefly-iii/firefly-iii#4106", "1'000'000,00", "CHF", "1000000 CHF")]
    [TestCase("deadlocker8/BudgetMaster#731", "1.355,90€", "EUR", "1355.9 EUR")]
    [TestCase("TheAxelander/OpenBudgeteer#161", "9,13\u00A0€", "EUR", "9.13 EUR")]
    [TestCase("TheAxelander/OpenBudgeteer#161", "1\u202F209,13\u2009€", "EUR", "1209.13 EUR")]
    [TestCase("TheAxelander/OpenBudgeteer#161", "-9,13 €", "EUR", "expected such as 1234.50")]
    [TestCase("aniav/ynab-csv#2", "2,40", "PLN", "2.4 PLN")]
    [TestCase("securo-finance/securo#665", "25,000", "NGN", "give --decimal comma or --decimal point")]
    [TestCase("securo-finance/securo#665", "₦1,500.00", "NGN", "1500 NGN")]
    [TestCase("securo-finance/securo#665", "NGN 2,300.50", "", "2300.5 NGN")]
    [TestCase("securo-finance/securo#665", "2,300.50 ngn", "NGN", "2300.5 NGN")]
    [TestCase("securo-finance/securo#665", "ref 2,300.50", "NGN", "expected such as 1234.50")]
    [TestCase("harung1993/dollardollar#55", "173,900", "HUF", "give --decimal comma or --decimal point")]
    [TestCase("maybe-finance/maybe#1713", "1 234,56", "EUR", "1234.56 EUR")]
    [TestCase("maybe-finance/maybe#1713", "1,234", "JPY", "give --decimal comma or --decimal point")]
    [TestCase("woocommerce/woocommerce-gateway-amazon-pay#148", "705.00", "JPY", "705 JPY")]
    [TestCase("woocommerce/woocommerce-gateway-amazon-pay#148", "705.50", "JPY", "more decimals than JPY has")]
    [TestCase("googleads/google-ads-php#1074", "5.00", "IND", "currency is \"IND\", which ISO 4217 does not know")]
    [TestCase("facebookarchive/offline-conversion-file-uploader#21", "ARS 5.00", "USD", "but the currency is USD")]
    [TestCase("facebookarchive/offline-conversion-file-uploader#21", "5.00 €", "USD", "but the currency is USD")]
    [TestCase("FallenTech/adwords-api#1", "5.75", "", "the currency is missing: give --currency")]
    public void An_amount_of_a_file_has_one_reading_or_is_refused(string report, string amount, string currency, string expected)
    {
        var file = SalesFiles.Read($"gclid;order id;time;value;currency\nCj0K;A-1;2026-11-20T10:00:00Z;{amount};{currency}\n");

        Assert.That(
            SalesFiles.Line(file, sale => FormattableString.Invariant(
                $"{new Money(sale.AmountCents, Currencies.Default.Get(sale.Currency)).ToMajor()} {sale.Currency}")),
            Does.EndWith(expected), report);
    }

    [TestCase("alexmorrisnz/moodle-paygw_stripe#2", "{\"value_cents\":10000,\"currency\":\"JPY\"}", "10000 JPY")]
    [TestCase("segmentio/action-destinations#3723", "{\"currency\":\"\"}", "123.45 TRY")]
    [TestCase("segmentio/action-destinations#3723", "{\"currency\":\"eur\"}", "123.45 EUR")]
    [TestCase("drt-hub/drt#273", "{\"currency\":\"JPY\",\"value_cents\":705}", "705 JPY")]
    public void An_amount_of_a_row_is_in_the_rows_own_currency(string report, string payload, string expected)
    {
        var value = Jobs.Reader.Read(Jobs.One(payload)).Conversion!.Value;

        Assert.That(FormattableString.Invariant($"{value.ToMajor()} {value.Currency}"), Is.EqualTo(expected), report);
    }

    [TestCase("googleads/google-ads-php#1074", "{\"currency\":\"IND\"}", "INVALID_CURRENCY")]
    [TestCase("FallenTech/adwords-api#1", "{\"value_cents\":123.45}", "INVALID_PAYLOAD")]
    public void An_amount_of_a_row_that_would_be_guessed_is_refused(string report, string payload, string code) =>
        Assert.That(Jobs.Reader.Read(Jobs.One(payload)).Fault!.Code, Is.EqualTo(code), report);
}
