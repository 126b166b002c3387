using OpsMantik.Core.Conversions;

namespace OpsMantik.Functions.Tests.Conversions;

public class ConversionTimeTests
{
    [TestCase("2026-11-20T13:00:00+03:00", "2026-11-20T10:00:00.0000000Z")]
    [TestCase("2026-11-20 13:00:00+0300", "2026-11-20T10:00:00.0000000Z")]
    [TestCase("2026-11-20 13:00:00 +03:00", "2026-11-20T10:00:00.0000000Z")]
    [TestCase("2026-11-20 13:00:00+03", "2026-11-20T10:00:00.0000000Z")]
    [TestCase("2026-11-20T10:00:00Z", "2026-11-20T10:00:00.0000000Z")]
    [TestCase("2026-11-20t10:00:00z", "2026-11-20T10:00:00.0000000Z")]
    [TestCase("2026-11-20T10:00Z", "2026-11-20T10:00:00.0000000Z")]
    [TestCase("2026-11-20 10:00:00 UTC", "2026-11-20T10:00:00.0000000Z")]
    [TestCase("Fri, 20 Nov 2026 10:00:00 GMT", "2026-11-20T10:00:00.0000000Z")]
    [TestCase("2026-11-20T10:00:00.123456789Z", "2026-11-20T10:00:00.1234567Z")]
    [TestCase("2026-11-20T10:00:00,5Z", "2026-11-20T10:00:00.5000000Z")]
    [TestCase("2026-11-20T24:00:00Z", "2026-11-21T00:00:00.0000000Z")]
    [TestCase("2016-12-31T23:59:60Z", "2017-01-01T00:00:00.0000000Z")]
    [TestCase("2016-12-31T23:59:60.7Z", "2017-01-01T00:00:00.0000000Z")]
    [TestCase("2026-11-20T10:00:00-03:30", "2026-11-20T13:30:00.0000000Z")]
    [TestCase("20261120 130000 +03:00", "2026-11-20T10:00:00.0000000Z")]
    [TestCase("20261120 130000 Europe/Istanbul", "2026-11-20T10:00:00.0000000Z")]
    [TestCase("20261120T100000Z", "2026-11-20T10:00:00.0000000Z")]
    [TestCase("2026-11-2 02:00:00 America/Los_Angeles", "2026-11-02T10:00:00.0000000Z")]
    [TestCase("2021-06-08 05-11-50+0000", "2021-06-08T05:11:50.0000000Z")]
    [TestCase("1795168800", "2026-11-20T10:00:00.0000000Z")]
    [TestCase("1795168800123", "2026-11-20T10:00:00.1230000Z")]
    public void Each_form_has_one_reading(string text, string utc) =>
        Assert.That(
            ConversionTime.Read(text)?.UtcDateTime.ToString("O", System.Globalization.CultureInfo.InvariantCulture), Is.EqualTo(utc));

    [TestCase("")]
    [TestCase("yesterday")]
    [TestCase("2026-11-20")]
    [TestCase("2026-11-20 13:00:00")]
    [TestCase("20.11.2026 13:00:00+03:00")]
    [TestCase("11/20/2026 13:00:00 +03:00")]
    [TestCase("2026-02-30T10:00:00Z")]
    [TestCase("2026-11-20T24:00:01Z")]
    [TestCase("2026-11-20T10:60:00Z")]
    [TestCase("2026-11-20T10:00:61Z")]
    [TestCase("2026-11-20T10:00:00+15:00")]
    [TestCase("2026-11-20T10:00:00+03:70")]
    [TestCase("9999-12-31T24:00:00-14:00")]
    [TestCase("0000-01-01T00:00:00Z")]
    [TestCase("2026-11-01 01:30:00 America/Los_Angeles")]
    [TestCase("2026-03-08 02:30:00 America/Los_Angeles")]
    [TestCase("2026-11-20 13:00:00 Mars/Olympus")]
    [TestCase("2026112 130000 +03:00")]
    [TestCase("2021-06-08 05-11-10")]
    [TestCase("20261120 130000")]
    [TestCase("179516880")]
    [TestCase("17951688001234")]
    [TestCase("1.795E9")]
    public void What_is_no_moment_is_refused(string text) => Assert.That(ConversionTime.Read(text), Is.Null);
}
