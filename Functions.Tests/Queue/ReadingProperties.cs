using System.Globalization;
using System.Text.Json;
using CsCheck;
using OpsMantik.Core;
using OpsMantik.Core.Conversions;
using OpsMantik.Core.Providers;
using OpsMantik.Core.Providers.DataManager;
using OpsMantik.Core.Providers.GoogleAds;
using OpsMantik.Core.Queue;

namespace OpsMantik.Functions.Tests.Queue;

/// <summary>
/// Whatever stands in a row, it fails with a code of the table, or what is sent reads back as the same sale, and holds nothing that was
/// not in the row.
/// </summary>
public class ReadingProperties
{
    private static readonly Gen<string> Piece = Gen.OneOf(
        Gen.Char["aZ09-_.%&=?{}\"' /:+@,\t\uFEFF\u200Bçé"].Array[0, 12].Select(chars => new string(chars)),
        Any("null", "undefined", "Cj0KCQ-x_1", "gclid=Cj0KCQ-x_1", "https://a.example/?gclid=Cj0K%2Dx&b=1", "{gclid}", "test", "0",
            "GCL.1732356000.Cj0K", "TRY", "try", "JPY", " eur ", "XYZ", "12345", "12345.0", "-1", "1e3", "granted", "DENIED", "true",
            "2026-11-20T10:00:00Z", "2026-11-20 13:00:00+0300", "1795168800", "1795168800123", "2026-11-20", "+90 532 123 45 67",
            "ayse@example.com", new string('a', 64), new string('F', 64)));

    private static readonly Gen<object?> Json = Gen.OneOf(
        Piece.Select(text => (object?)text),
        Gen.Long.Select(number => (object?)number),
        Gen.Bool.Select(value => (object?)value),
        Gen.Const((object?)null));

    private static readonly Gen<Dictionary<string, object?>> Payload = Gen.Select(
            Any("value_cents", "currency", "order_id", "conversion_time", "consent", "hashed_phone_number", "hashed_email", "note"), Json)
        .Array[0, 3]
        .Select(pairs => pairs.DistinctBy(pair => pair.Item1).ToDictionary(pair => pair.Item1, pair => pair.Item2));

    private static readonly Gen<ConversionJob> Row = Gen.Select(
        Piece.Null(), Piece.Null(), Gen.OneOf(Gen.Long, Gen.Long[0, 10_000_000]), Piece, Payload, Gen.Int[-200, 3],
        (gclid, gbraid, value, currency, payload, days) => Jobs.One(JsonSerializer.Serialize(payload)) with
        {
            Gclid = gclid,
            Gbraid = gbraid,
            ValueCents = value,
            Currency = currency.Length == 0 || value % 3 != 0 ? "TRY" : currency,
            ConversionTime = Jobs.One().ConversionTime.AddDays(days % 5 == 0 ? days : 0),
        });

    [Test]
    public void What_is_sent_is_the_sale_or_the_row_fails_with_a_code_of_the_table() => Row.Sample(job =>
    {
        var (conversion, fault, _) = Jobs.Reader.Read(job);
        fault ??= ConversionRules.FindFault(conversion!);
        if (fault is not null)
        {
            Assert.That(ErrorMeanings.Find(fault.Code!), Is.Not.Null, fault.Code);
            return;
        }

        var sent = JsonSerializer.SerializeToElement(
            ClickConversions.From(conversion!, "customers/1/conversionActions/2"), GoogleAdsJson.Default.ClickConversion);
        // Read back as if the request were a row.
        var back = Jobs.Reader.Read(job with
        {
            Gclid = Text(sent, "gclid"),
            Gbraid = Text(sent, "gbraid"),
            Wbraid = Text(sent, "wbraid"),
            ConversionTime = ConversionTime.Read(Text(sent, "conversionDateTime")!)!.Value,
            Currency = Text(sent, "currencyCode")!,
            ValueCents = Minor(sent),
            Payload = JsonSerializer.Serialize(new { order_id = Text(sent, "orderId") }),
        });
        Assert.Multiple(() =>
        {
            Assert.That(back.Fault, Is.Null, back.Fault?.Message);
            Assert.That(back.Conversion!.Click, Is.EqualTo(conversion!.Click));
            Assert.That(back.Conversion.Value, Is.EqualTo(conversion.Value));
            Assert.That(back.Conversion.Time.ToUnixTimeSeconds(), Is.EqualTo(conversion.Time.ToUnixTimeSeconds()));
            Assert.That(back.Conversion.OrderId, Is.EqualTo(conversion.OrderId));
            Assert.That(back.Notes, Is.Empty, "nothing is left to mend");
            Assert.That(conversion.Click?.Value, Is.Null.Or.Matches<string>(id => Decoded(job).Contains(id, StringComparison.Ordinal)));
        });
    }, iter: 20_000);

    [Test]
    public void Both_ways_send_the_same_money_click_and_second() => Row.Sample(job =>
    {
        if (Jobs.Reader.Read(job) is not { Fault: null, Conversion: { } conversion } || ConversionRules.FindFault(conversion) is not null)
            return true;
        var ads = JsonSerializer.SerializeToElement(
            ClickConversions.From(conversion, "customers/1/conversionActions/2"), GoogleAdsJson.Default.ClickConversion);
        var credentials = DataManagerCredentials.Read(JsonDocument.Parse(
            """
            {"customer_id":"1234567890","client_id":"1-a","client_secret":"b","refresh_token":"c","conversion_action_id":"456"}
            """).RootElement).Credentials!;
        var ingest = JsonSerializer.SerializeToElement(
            IngestRequests.From(credentials, [conversion]), DataManagerJson.Default.IngestEventsRequest).GetProperty("events")[0];
        return ads.GetProperty("conversionValue").GetRawText() == ingest.GetProperty("conversionValue").GetRawText()
            && Text(ads, "currencyCode") == Text(ingest, "currency")
            && ConversionTime.Read(Text(ads, "conversionDateTime")!) == ConversionTime.Read(Text(ingest, "eventTimestamp")!)
            && (conversion.Click is null || Text(ads, conversion.Click.Value.Kind.ToString().ToLowerInvariant())
                == Text(ingest.GetProperty("adIdentifiers"), conversion.Click.Value.Kind.ToString().ToLowerInvariant()));
    }, iter: 5_000);

    private static Gen<string> Any(params string[] values) => Gen.Int[0, values.Length - 1].Select(index => values[index]);

    private static string? Text(JsonElement json, string name) => json.TryGetProperty(name, out var value) ? value.GetString() : null;

    private static long Minor(JsonElement sent)
    {
        var currency = Currencies.Default.Get(Text(sent, "currencyCode")!);
        var amount = decimal.Parse(sent.GetProperty("conversionValue").GetRawText(), CultureInfo.InvariantCulture);
        return Money.TryFromMajor(amount, currency, out var money) ? money.MinorUnits : throw new AssertionException($"{amount} {currency}");
    }

    // What a reader of the row can see in it: the texts, decoded and without what is invisible.
    private static string Decoded(ConversionJob job)
    {
        var text = $"{job.Gclid} {job.Gbraid} {job.Wbraid}".Replace("\uFEFF", "", StringComparison.Ordinal).Replace("\u200B", "", StringComparison.Ordinal);
        return $"{text} {Uri.UnescapeDataString(text)} {Uri.UnescapeDataString(Uri.UnescapeDataString(text))}";
    }
}
