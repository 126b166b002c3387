using System.Security.Cryptography;
using System.Text;
using OpsMantik.Cli;
using OpsMantik.Cli.Sales;
using OpsMantik.Core.Operations;
using OpsMantik.Functions.Tests.FieldReports;

namespace OpsMantik.Functions.Tests.Cli;

/// <summary>Sales files as Google, spreadsheets and people write them.</summary>
public class EnqueueFileTests
{
    private static readonly DateTimeOffset Now = new(2026, 11, 23, 10, 0, 0, TimeSpan.Zero);
    private static readonly Guid Site = Guid.Parse("5173e000-0000-0000-0000-000000000001");
    private static readonly SalesFileOptions Given = new(Site, null, null, null, null, null, null);

    private string _path = null!;

    [SetUp]
    public void NameFile() => _path = Path.Combine(Path.GetTempPath(), $"sales-{Guid.NewGuid():N}.csv");

    [TearDown]
    public void DeleteFile() => File.Delete(_path);

    [Test]
    public void Googles_template_is_read()
    {
        var csv = Read(
            """
            Parameters:TimeZone=Europe/Istanbul,,,,,
            Google Click ID,Conversion Name,Conversion Time,Conversion Value,Conversion Currency,Order ID
            Cj0K-one,Sale,11/20/2026 1:00:00 PM,"1,234.50",try,A-1
            https://shop.example/?gclid=Cj0K-two,Sale,2026-11-20 14:00:00,99.9,EUR,A-2
            Cj0K-three,Sale,2026-11-20T14:00:00+0100,12345,JPY,A-3
            null,Sale,2026-11-20 14:00:00,99.9,EUR,A-4
            ,,,,,
            """);

        Assert.Multiple(() =>
        {
            Assert.That(csv.Sales.Select(Text), Is.EqualTo((string[])
            [
                "3 gclid Cj0K-one 2026-11-20T10:00Z 123450 TRY A-1",
                "4 gclid Cj0K-two 2026-11-20T11:00Z 9990 EUR A-2",
                "5 gclid Cj0K-three 2026-11-20T13:00Z 12345 JPY A-3",
            ]));
            Assert.That(csv.Faults, Is.EqualTo(new Dictionary<int, string>
            {
                [6] = "there is no click id, and no e-mail address or telephone number",
            }));
            Assert.That(csv.Understood[0], Is.EqualTo(
                "read as UTF-8, divided by commas, amounts with a decimal point, times without a zone in Europe/Istanbul, month before day"));
            Assert.That(csv.Understood[1], Is.EqualTo("columns left out: Conversion Name"));
        });
    }

    [Test]
    public void A_spreadsheet_in_turkish_is_read()
    {
        Encoding.RegisterProvider(CodePagesEncodingProvider.Instance);
        File.WriteAllBytes(_path, Encoding.GetEncoding(1254).GetBytes(
            """
            GCLID;Sipariş No;Tarih;Tutar;Para Birimi;Açıklama
            Cj0K-bir;Ş-1;20.11.2026 13:00;1.234,50;TL;ilk satış
            Cj0K-iki;Ş-2;1.11.2026 09:05;80;try;
            """));

        var csv = Read(null, Given with { Zone = SalesTimes.FindZone("Europe/Istanbul") });

        Assert.That(csv.Sales.Select(Text), Is.EqualTo((string[])
        [
            "2 gclid Cj0K-bir 2026-11-20T10:00Z 123450 TRY Ş-1",
            "3 gclid Cj0K-iki 2026-11-01T06:05Z 8000 TRY Ş-2",
        ]));
        Assert.That(csv.Understood[0], Does.StartWith("read as Windows-1254, divided by semicolons, amounts with a decimal comma"));
    }

    [Test]
    public void A_spreadsheet_in_german_is_read()
    {
        Encoding.RegisterProvider(CodePagesEncodingProvider.Instance);
        File.WriteAllBytes(_path, Encoding.GetEncoding(1252).GetBytes(
            "Datum;Betrag;Währung;gclid;Bestellnummer\r\n20.11.2026 13:00:00;\"1.234,50 €\";EUR;Cj0K-eins;Münze-1\r\n"));

        var csv = Read(null, Given with { Zone = SalesTimes.FindZone("Europe/Berlin") });

        Assert.That(csv.Sales.Select(Text), Is.EqualTo((string[])["2 gclid Cj0K-eins 2026-11-20T12:00Z 123450 EUR Münze-1"]));
        Assert.That(csv.Understood[0], Does.StartWith("read as Windows-1252"));
    }

    [TestCase("utf-16", "UTF-16")]
    [TestCase("utf-16BE", "UTF-16")]
    [TestCase("utf-8", "UTF-8")]
    public void Tabs_and_byte_order_marks_are_read(string encoding, string name)
    {
        File.WriteAllText(
            _path, "gclid\tconversion time\tvalue\tcurrency\ttransaction id\nCj0K\t2026-11-20 13:00:00+03:00\t5\tTRY\tü-1\n",
            Encoding.GetEncoding(encoding));

        var csv = Read(null);

        Assert.That(csv.Sales.Select(Text), Is.EqualTo((string[])["2 gclid Cj0K 2026-11-20T10:00Z 500 TRY ü-1"]));
        Assert.That(csv.Understood[0], Does.StartWith($"read as {name}, divided by tabs"));
    }

    [TestCase("1,234.50", null, "123450")]
    [TestCase("1.234,50", null, "123450")]
    [TestCase("12,5", null, "1250")]
    [TestCase("1 234,50 ₺", null, "123450")]
    [TestCase("$1'234.50", null, "123450")]
    [TestCase("1.234.567", null, "123456700")]
    [TestCase("1.234", null, "give --decimal")]
    [TestCase("1.234", '.', "more decimals than TRY has")]
    [TestCase("1.234", ',', "123400")]
    [TestCase("1,000.00", ',', "expected such as 1234.50")]
    [TestCase("1.000,00", '.', "expected such as 1234.50")]
    [TestCase("12.50.00", null, "expected such as 1234.50")]
    [TestCase("-5", null, "expected such as 1234.50")]
    [TestCase("abc", null, "expected such as 1234.50")]
    public void An_amount_has_one_reading_or_is_refused(string amount, char? sign, string expected)
    {
        var csv = Read($"gclid;order id;time;value;currency\nCj0K;A-1;2026-11-20T10:00:00Z;{amount};TRY\n", Given with { Decimal = sign });

        Assert.That(csv.Sales.Select(sale => $"{sale.AmountCents}").Concat(csv.Faults.Values).Single(), Does.Contain(expected));
    }

    [Test]
    public void The_column_decides_what_one_amount_leaves_open()
    {
        var csv = Read("gclid;order id;time;value;currency\nCj0K;A-1;2026-11-20T10:00:00Z;1.234;TRY\nCj0L;A-2;2026-11-20T10:00:00Z;12,50;TRY\n");

        Assert.That(csv.Sales.Select(sale => sale.AmountCents), Is.EqualTo(new long[] { 123_400, 1_250 }));
    }

    [TestCase("20/11/2026 13:00", "2026-11-20T10:00Z")]
    [TestCase("11/20/2026 1:00 PM", "2026-11-20T10:00Z")]
    [TestCase("11/20/2026 12:30 AM", "2026-11-19T21:30Z")]
    [TestCase("2026/11/20 13:00:00", "2026-11-20T10:00Z")]
    [TestCase("2026-11-20 13:00:00 America/New_York", "2026-11-20T18:00Z")]
    [TestCase("1795168800", "2026-11-20T10:00Z")]
    [TestCase("11/10/2026 13:00", "give --date-order")]
    [TestCase("30.02.2026 13:00", "which is no day")]
    [TestCase("20.11.2026 25:00", "which is no time of day")]
    [TestCase("20.11.2026", "expected with its zone")]
    [TestCase("46346.54", "expected with its zone")]
    public void A_time_has_one_reading_or_is_refused(string time, string expected)
    {
        var csv = Read(
            $"gclid;order id;time;value;currency\nCj0K;A-1;{time};5;TRY\n", Given with { Zone = SalesTimes.FindZone("Europe/Istanbul") });

        Assert.That(csv.Sales.Select(sale => $"{sale.OccurredAt:yyyy-MM-dd'T'HH:mm'Z'}").Concat(csv.Faults.Values).Single(), Does.Contain(expected));
    }

    [Test]
    public void Without_a_zone_a_time_is_refused() =>
        Assert.That(
            Read("gclid;order id;time;value;currency\nCj0K;A-1;20.11.2026 13:00;5;TRY\n").Faults[2], Does.EndWith("or give --time-zone"));

    [Test]
    public void The_hour_that_the_clock_repeats_is_the_first_and_the_one_that_it_skips_is_refused()
    {
        var csv = Read(
            "gclid;order id;time;value;currency\nCj0K;A-1;25.10.2026 02:30;5;EUR\nCj0L;A-2;29.03.2026 02:30;5;EUR\n",
            Given with { Zone = SalesTimes.FindZone("Europe/Berlin") });

        Assert.That(csv.Sales.Select(Text), Is.EqualTo((string[])["2 gclid Cj0K 2026-10-25T00:30Z 500 EUR A-1"]));
        Assert.That(csv.Faults[3], Does.Contain("an hour that the clock skipped in Europe/Berlin"));
        Assert.That(csv.Understood, Has.Some.Contains("1 times stood twice on the clock"));
    }

    [Test]
    public void Contacts_are_hashed_as_google_wants_them_and_never_kept()
    {
        var csv = Read(
            """
            email,phone,order id,time,value,currency
            Ayse.Demir+shop@GMail.com,0532 123 45 67,A-1,2026-11-20T10:00:00Z,5,TRY
            ,+905321234567,A-2,2026-11-20T10:00:00Z,5,TRY
            nobody,,A-3,2026-11-20T10:00:00Z,5,TRY
            """, Given with { Country = "TR" });

        Assert.Multiple(() =>
        {
            Assert.That(csv.Sales[0].UserIdentifiers, Is.EqualTo(new ImportIdentifiers(Sha("aysedemir@gmail.com"), Sha("+905321234567"))));
            Assert.That(csv.Sales[1].UserIdentifiers, Is.EqualTo(new ImportIdentifiers(null, Sha("+905321234567"))));
            Assert.That(csv.Sales[0].ClickId, Is.Null);
            Assert.That(csv.Faults, Is.EqualTo(new Dictionary<int, string> { [4] = "email is no address" }));
        });
    }

    [Test]
    public void A_number_without_a_country_is_refused_and_not_repeated()
    {
        var fault = Read("gclid;phone;order id;time;value;currency\nCj0K;0532 123 45 67;A-1;2026-11-20T10:00:00Z;5;TRY\n").Faults[2];

        Assert.That(fault, Is.EqualTo("phone has no country: give --country, as TR"));
    }

    [TestCase("'+905321234567")]
    [TestCase("=\"+905321234567\"")]
    [TestCase("\t+90 532 123 45 67")]
    [TestCase("\u00A0+90 (532) 123-45-67")]
    [TestCase("00905321234567")]
    public void A_number_is_read_with_what_spreadsheets_put_around_it(string text) =>
        Assert.That(ContactHash.Phone(text, null), Is.EqualTo(ContactHash.Phone("+905321234567", null)));

    [TestCase("9.05E+11")]
    [TestCase("9,05E+11")]
    public void A_number_that_a_spreadsheet_rounded_is_refused(string text)
    {
        Assert.That(() => ContactHash.Phone(text, "TR"), Throws.TypeOf<FormatException>().With.Message.StartsWith("phone was rounded"));
        Assert.That(
            Read($"gclid;order id;time;value;currency\nCj0K;{text};2026-11-20T10:00:00Z;5;TRY\n").Faults[2],
            Is.EqualTo($"external_ref {text} was rounded by a spreadsheet: format the column as text and export it again"));
    }

    [Test]
    public void What_google_would_not_count_is_refused_or_warned_of_by_line()
    {
        var csv = Read(
            """
            gclid,order id,time,value,currency
            Cj0K,A-1,2026-11-20T10:00:00Z,5,XYZ
            Cj0K,A-2,2019-11-20T10:00:00Z,5,TRY
            Cj0K,A-3,2026-11-20T10:00:00Z,5,TRY
            Cj0K,A-4,2026-11-20T10:00:00Z,6,TRY
            Cj0K,A-5,2026-07-01T10:00:00Z,6,TRY
            Cj0K,A-3,2026-11-20T11:00:00Z,5,TRY
            Cj0K,+90 532 123 45 67,2026-11-20T11:00:00Z,5,TRY
            """);

        Assert.Multiple(() =>
        {
            Assert.That(csv.Faults.Values, Is.EqualTo((string[])
            [
                "currency is \"XYZ\", which ISO 4217 does not know",
                "occurred_at is \"2019-11-20T10:00:00Z\", more than two years ago: Google counts no such sale",
                "external_ref A-3 is already on line 4",
                "external_ref is an e-mail address or a telephone number: use a number of the sale",
            ]));
            Assert.That(csv.Warnings, Is.EqualTo(new Dictionary<int, string>
            {
                [5] = "the same click and second as on line 4: if it is one sale, delete a line",
                [6] = "the sale is older than 90 days: Google may not count it",
            }));
        });
    }

    [Test]
    public void A_file_without_order_ids_gives_each_sale_the_same_reference_again()
    {
        const string File = "gclid,time,value,currency\nCj0K,2026-11-20T10:00:00Z,5,TRY\nCj0L,2026-11-20T10:00:00Z,5,TRY\nCj0K,2026-11-20T10:00:00Z,7,TRY\n";
        var first = Read(File);

        Assert.That(first.Sales.Select(sale => sale.ExternalRef), Is.Unique.And.All.StartsWith("file-"));
        Assert.That(Read(File).Sales.Select(sale => sale.ExternalRef), Is.EqualTo(first.Sales.Select(sale => sale.ExternalRef)));
        Assert.That(first.Faults[4], Does.StartWith("the same click and second as on line 2"));
    }

    [TestCase("PK\u0003\u0004")]
    [TestCase("\u00D0\u00CF\u0011\u00E0\u00A1")]
    public void A_spreadsheet_is_told_so(string start)
    {
        File.WriteAllBytes(_path, Encoding.Latin1.GetBytes(start + new string('x', 20)));

        Assert.That(() => Read(null), Throws.TypeOf<OperatorException>().With.Message.Contains("save it as CSV"));
    }

    [Test]
    public void Refused_lines_are_written_in_the_files_own_form_and_can_be_given_again()
    {
        var csv = Read(
            "Parameters:TimeZone=+0300;;;;\nGoogle Click ID;Order ID;Conversion Time;Conversion Value;Conversion Currency\n"
            + "Cj0K;A-1;20.11.2026 13:00;12,50;TRY\nCj0L;\"A;2\";20.11.2026 13:00;\"12,50\";XYZ\n");
        var rejects = new FileInfo(_path + ".rejects");
        try
        {
            csv.WriteRejects(rejects, csv.Faults);
            var text = File.ReadAllText(rejects.FullName);
            Assert.That(text.ReplaceLineEndings("\n"), Is.EqualTo(
                "Parameters:TimeZone=+0300;;;;\nGoogle Click ID;Order ID;Conversion Time;Conversion Value;Conversion Currency;reason\n"
                + "Cj0L;\"A;2\";20.11.2026 13:00;12,50;XYZ;\"currency is \"\"XYZ\"\", which ISO 4217 does not know\"\n"));

            File.WriteAllText(_path, text.Replace(";XYZ;", ";TRY;", StringComparison.Ordinal));
            Assert.That(Read(null).Sales.Select(Text), Is.EqualTo((string[])["3 gclid Cj0L 2026-11-20T10:00Z 1250 TRY A;2"]));
        }
        finally
        {
            rejects.Delete();
        }
    }

    [Test]
    public void A_cell_that_a_spreadsheet_would_run_is_marked_and_read_again_as_it_was()
    {
        var csv = Read(
            "gclid,order id,time,value,currency,phone\n"
            + "Cj0K,=cmd|x,yesterday,\"12,50\",TRY,+905321234567\n"
            + "Cj0K,@A-2,yesterday,-5,TRY,\n"
            + "Cj0K,\"=\"\"0047\"\"\",yesterday,5,TRY,\n"
            + "Cj0K,-x',yesterday,5,TRY,\n"
            + "=1+1,too few,-5\n");
        var rejects = new FileInfo(_path + ".rejects");
        try
        {
            csv.WriteRejects(rejects, csv.Faults);
            var lines = File.ReadAllLines(rejects.FullName)[1..];

            Assert.Multiple(() =>
            {
                Assert.That(lines[0], Does.StartWith("Cj0K,'=cmd|x,yesterday,\"12,50\",TRY,'+905321234567,"));
                Assert.That(lines[1], Does.StartWith("Cj0K,'@A-2,yesterday,'-5,TRY,,"));
                Assert.That(lines[2], Does.StartWith("Cj0K,\"=\"\"0047\"\"\",yesterday,"));
                Assert.That(lines[3], Does.StartWith("Cj0K,'-x'',yesterday,"));
                Assert.That(lines[4], Is.EqualTo("'=1+1,too few,'-5"));
            });

            File.WriteAllText(_path, File.ReadAllText(rejects.FullName).Replace("yesterday", "2026-11-20T10:00:00Z", StringComparison.Ordinal));
            var again = Read(null);
            Assert.That(again.Sales.Select(sale => sale.ExternalRef), Is.EqualTo((string[])["=cmd|x", "0047", "-x'"]));
            Assert.That(again.Sales[0].UserIdentifiers!.HashedPhoneNumber, Is.EqualTo(Sha("+905321234567")));
            Assert.That(again.Faults[3], Does.StartWith("amount is \"-5\""));
        }
        finally
        {
            rejects.Delete();
        }
    }

    [TestCase("-5")]
    [TestCase("=1+1")]
    [TestCase("@x'")]
    [TestCase("plain")]
    [TestCase("'quoted'")]
    [TestCase("=\"a\"")]
    [TestCase("+90 532")]
    public void The_mark_comes_off_again(string cell) =>
        Assert.That(SaleFields.Unmark(SaleFields.Mark(cell)), Is.EqualTo(SaleFields.Unmark(cell)));

    private EnqueueFile Read(string? text, SalesFileOptions? options = null)
    {
        if (text is not null)
            File.WriteAllText(_path, text);
        return SalesFiles.Read(new FileInfo(_path), options ?? Given, Now);
    }

    private static string Text(ImportSale sale) =>
        $"{sale.Line} {sale.ClickKind} {sale.ClickId} {sale.OccurredAt:yyyy-MM-dd'T'HH:mm'Z'} {sale.AmountCents} {sale.Currency} {sale.ExternalRef}";

    private static string Sha(string text) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text)));
}
