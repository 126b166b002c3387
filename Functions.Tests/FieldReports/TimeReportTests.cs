using OpsMantik.Functions.Tests.Queue;

namespace OpsMantik.Functions.Tests.FieldReports;

/// <summary>Reports of times: the moment of the sale, or a refusal that says why.</summary>
public class TimeReportTests
{
    [TestCase("googleads/googleads-php-lib#234", "2026-11-2 13:00:00+0500", "2026-11-02 08:00:00")]
    [TestCase("googleads/googleads-php-lib#234", "2026-11-02 13:00:00 America/Los_Angeles", "2026-11-02 21:00:00")]
    [TestCase("googleads/googleads-php-lib#235", "20261109 145008 Asia/Shanghai", "2026-11-09 06:50:08")]
    [TestCase("googleads/google-ads-dotnet#321", "20261109 145008 +03:00", "2026-11-09 11:50:08")]
    [TestCase("googleads/google-ads-php#1074", "2026-11-01 12:00:00-0700", "2026-11-01 19:00:00")]
    [TestCase("googleads/google-ads-python#814", "2026-10-20 13:00:00 Europe/Lisbon", "2026-10-20 12:00:00")]
    [TestCase("breatheco-de/breatheco-de#1521", "2026-11-08 05-11-50+0000", "2026-11-08 05:11:50")]
    [TestCase("segmentio/action-destinations#2816", "2026-11-11T17:57:29Z", "2026-11-11 17:57:29")]
    [TestCase("segmentio/action-destinations#2816", "2026-11-11T17:57:29.123Z", "2026-11-11 17:57:29")]
    public void A_time_of_a_row_is_read_with_its_zone(string report, string written, string utc) =>
        Assert.That($"{Jobs.Reader.Read(Jobs.One(Payload(written))).Conversion!.Time.UtcDateTime:yyyy-MM-dd HH:mm:ss}", Is.EqualTo(utc), report);

    [TestCase("googleads/googleads-php-lib#23", "20261106 143017", "INVALID_PAYLOAD")]
    [TestCase("google/megalista#52", "2026-11-07T19:43:00.000", "INVALID_PAYLOAD")]
    [TestCase("woocommerce/google-listings-and-ads#3669", "1970-01-01T00:00:00Z", "CONVERSION_TOO_OLD")]
    [TestCase("facebook/facebook-for-woocommerce#232", "2026-11-23T16:00:00Z", "CONVERSION_IN_FUTURE")]
    public void A_time_of_a_row_is_not_guessed(string report, string written, string code) =>
        Assert.That(Jobs.Reader.Read(Jobs.One(Payload(written))).Fault!.Code, Is.EqualTo(code), report);

    [TestCase("segmentio/action-destinations#838")]
    [TestCase("dubinc/dub#4414")]
    public void A_row_without_a_time_of_its_own_has_that_of_its_sale_and_never_now(string report) =>
        Assert.That(
            Jobs.Reader.Read(Jobs.One("""{"conversion_time":null}""")).Conversion!.Time, Is.EqualTo(Jobs.One().ConversionTime), report);

    [TestCase("google/megalista#52", "2026-11-07T19:43:00.000", "2026-11-07 18:43")]
    [TestCase("googleads/google-ads-python#654", "11/16/2026 14:42+00:00", "2026-11-16 14:42")]
    [TestCase("abtassociates/LSASampleCode#154", "10/30/2026 13:42", "2026-10-30 12:42")]
    [TestCase("KingdomFirst/Excavator#70", "9/25/2026 8:05", "2026-09-25 06:05")]
    [TestCase("dataplat/dbatools#10338", "01.11.2026 12:00:00", "2026-11-01 11:00")]
    [TestCase("submersion-app/submersion#1828", "03/11/2026 10:00", "\"03/11/2026 10:00\": give --date-order")]
    [TestCase("rudderlabs/rudder-server#6082", "11/2/2026 6:50:54 PM", "give --date-order")]
    [TestCase("woocommerce/google-listings-and-ads#3669", "1899-12-30 00:00:00", "more than two years ago")]
    [TestCase("woocommerce/google-listings-and-ads#3669", "0000-00-00 00:00:00", "which is no day")]
    [TestCase("facebook/facebook-for-woocommerce#232", "2026-11-23T16:00:00Z", "which has not come yet")]
    [TestCase("support.google.com/google-ads-data-manager/answer/14184381", "Nov 14, 2026 17:01:54", "2026-11-14 16:01")]
    [TestCase("support.google.com/google-ads-data-manager/answer/14184381", "11/14/2026T5:01:54 PM", "2026-11-14 16:01")]
    [TestCase("support.google.com/google-ads-data-manager/answer/14184381", "14 November 2026 5:01 PM +03:00", "2026-11-14 14:01")]
    public void A_time_of_a_file_has_one_reading_or_is_refused(string report, string time, string expected)
    {
        var file = SalesFiles.Read($"gclid;order id;time;value;currency\nCj0K;A-1;{time};5;EUR\n");

        Assert.That(SalesFiles.Line(file, sale => $"{sale.OccurredAt:yyyy-MM-dd HH:mm}"), Does.Contain(expected), report);
    }

    [TestCase("submersion-app/submersion#1846", "4/11/26 10:00|15/11/26 10:00", "11-04 11-15")]
    [TestCase("dannymcc/may#250", "11/01/2026 10:00|10/31/2026 10:00", "11-01 10-31")]
    [TestCase("BingAds/BingAds-Python-SDK#176", "2026-10-24 23:30|2026-10-25 23:30", "10-24 10-25")]
    public void The_column_decides_the_order_of_day_and_month(string report, string times, string days)
    {
        var lines = times.Split('|').Select((time, index) => $"Cj0K{index};A-{index};{time};5;EUR\n");
        var file = SalesFiles.Read($"gclid;order id;time;value;currency\n{string.Concat(lines)}");

        Assert.That(string.Join(' ', file.Sales.Select(sale => $"{sale.OccurredAt:MM-dd}")), Is.EqualTo(days), report);
    }

    private static string Payload(string time) => $$"""{"conversion_time":"{{time}}"}""";
}
