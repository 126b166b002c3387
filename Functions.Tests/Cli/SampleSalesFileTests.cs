using OpsMantik.Cli;
using OpsMantik.Cli.Demo;

namespace OpsMantik.Functions.Tests.Cli;

public class SampleSalesFileTests
{
    private const string Header =
        "external_ref,site,click_kind,click_id,occurred_at,amount,currency,conversation,"
        + "expected_status,expected_code,expected_retry_count,expected_wait_minutes,"
        + "change,change_to,expected_correction,expected_at_google\n";

    private const string Good = "a-1,a,gclid,Cj0K,2026-11-20T10:00:00+03:00,12.50,TRY,c1,COMPLETED,,0,,,,,\n";

    [Test]
    public void A_line_becomes_a_sale()
    {
        const string Line = "a-1,a,wbraid,Cj0K,2026-11-20T10:00:00+03:00,12.5,EUR,c1,RETRY,TOO_RECENT_EVENT,0,360,after,canceled,RETRACT COMPLETED,retracted\n";
        var sale = Read(Header + Line).Single();

        Assert.That(sale, Is.EqualTo(new SampleSale
        {
            Line = 2,
            ExternalRef = "a-1",
            Site = "a",
            ClickKind = "wbraid",
            ClickId = "Cj0K",
            OccurredAt = new DateTimeOffset(2026, 11, 20, 7, 0, 0, TimeSpan.Zero),
            AmountCents = 1250,
            Currency = "EUR",
            Conversation = "c1",
            Expected = new ExpectedOutcome("RETRY", "TOO_RECENT_EVENT", 0, TimeSpan.FromHours(6)),
            Change = new SampleChange(IsBeforeUpload: false, null, "RETRACT COMPLETED", "retracted"),
        }));
    }

    [TestCase("12.50", "12.505", "amount is \"12.505\"")]
    [TestCase("12.50", "-1", "amount is \"-1\"")]
    [TestCase("12.50", "1e3", "amount is \"1e3\"")]
    [TestCase("+03:00", "", "occurred_at is \"2026-11-20T10:00:00\"")]
    [TestCase("TRY", "try", "currency is \"try\"")]
    [TestCase("gclid", "clickid", "click_kind is \"clickid\"")]
    [TestCase("Cj0K", "", "click_kind and click_id must both")]
    [TestCase("COMPLETED,,0,", "DONE,,0,", "expected_status is \"DONE\"")]
    [TestCase("COMPLETED,,0,", "FAILED,,0,", "expected_code must say")]
    [TestCase("COMPLETED,,0,", "RETRY,X,0,", "expected_wait_minutes must be set")]
    [TestCase("COMPLETED,,0,", "COMPLETED,,x,", "expected_retry_count is \"x\"")]
    [TestCase("COMPLETED,,0,", "COMPLETED,,0", "15 fields, expected 16")]
    [TestCase(",,,,", ",,then,,", "change is \"then\"")]
    [TestCase(",,,,", ",,,canceled,", "change must say when")]
    [TestCase(",,,,", ",,after,canceled,", "expected_at_google is empty")]
    [TestCase("a-1,a,", "a-1,,", "site is empty")]
    [TestCase("a-1,a,", "a-\"1,a,", "quotes do not match")]
    public void A_wrong_field_is_named_with_its_line(string good, string bad, string fault)
    {
        var second = Good.Replace("a-1", "a-2").Replace("c1", "c2").Replace(good.Replace("a-1", "a-2"), bad);
        var text = Header + Good + second;

        Assert.That(() => Read(text), Throws.TypeOf<OperatorException>()
            .With.Message.StartsWith("sales.csv, line 3: ").And.Message.Contains(fault));
    }

    [Test]
    public void A_number_used_twice_is_named_with_both_lines() => Assert.That(
        () => Read(Header + Good + Good),
        Throws.TypeOf<OperatorException>()
            .With.Message.EqualTo("sales.csv, line 3: external_ref a-1 is already on line 2"));

    [Test]
    public void A_conversation_has_one_click() => Assert.That(
        () => Read(Header + Good + Good.Replace("a-1", "a-2").Replace("Cj0K", "EAIa")),
        Throws.TypeOf<OperatorException>()
            .With.Message.Contains("line 3: conversation c1 has another site or click on line 2"));

    [TestCase("", "line 1: the header is missing")]
    [TestCase("external_ref,site\n", "line 1: the column click_kind is missing")]
    [TestCase(Header, "line 2: there are no sales")]
    public void A_file_that_is_none_is_refused(string text, string fault) =>
        Assert.That(() => Read(text), Throws.TypeOf<OperatorException>().With.Message.Contains(fault));

    [Test]
    public void A_missing_file_is_named() => Assert.That(
        () => SampleSalesFile.Read("no-such-folder/sales.csv"),
        Throws.TypeOf<OperatorException>().With.Message.StartsWith("no-such-folder/sales.csv cannot be read"));

    [Test]
    public void The_bundled_file_covers_every_kind_of_ending()
    {
        var sales = SampleSalesFile.Read(SampleSalesFile.BundledPath);

        Assert.That(sales.Select(sale => sale.Site).Distinct(),
            Is.EquivalentTo((string[])["cafe", "dental", "garage", "revoked"]));
        Assert.That(sales.Select(sale => sale.ClickKind).Distinct(),
            Is.EquivalentTo((string?[])["gclid", "gbraid", "wbraid", null]));
        Assert.That(sales.Count(sale => sale.ClickId is null), Is.EqualTo(1));
        Assert.That(sales.Select(sale => sale.Currency).Distinct(), Is.EquivalentTo((string[])["TRY", "EUR", "USD", "JPY", "KWD", "XYZ"]));
        Assert.That(sales.Select(sale => sale.Expected.Status).Distinct(),
            Is.EquivalentTo((string[])["COMPLETED", "RETRY", "FAILED"]));
        Assert.That(sales.Select(sale => sale.ExternalRef), Has.All.StartsWith("demo-"));
    }

    private static IReadOnlyList<SampleSale> Read(string text) => SampleSalesFile.Read(new StringReader(text), "sales.csv");
}
