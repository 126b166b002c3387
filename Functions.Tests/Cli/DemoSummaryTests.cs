using OpsMantik.Cli.Demo;
using OpsMantik.Local.GoogleEmulator;

namespace OpsMantik.Functions.Tests.Cli;

public class DemoSummaryTests
{
    private static readonly ExpectedOutcome Retry = new("RETRY", "INTERNAL_ERROR", 1, TimeSpan.FromMinutes(5));

    [TestCase(5.0)]
    [TestCase(5.5)]
    public void A_row_as_expected_is_no_mismatch(double minutes) =>
        Assert.That(Compare(Retry, Row() with { Wait = TimeSpan.FromMinutes(minutes) }), Is.Null);

    [Test]
    public void Every_part_of_an_outcome_counts()
    {
        QueueRow[] wrong =
        [
            Row() with { Status = "FAILED" },
            Row() with { Code = null },
            Row() with { RetryCount = 0 },
            Row() with { Wait = null },
            Row() with { Wait = TimeSpan.FromMinutes(4.9) },
            Row() with { Wait = TimeSpan.FromMinutes(5.6) },
            Row() with { Correction = "RETRACT COMPLETED" },
        ];

        Assert.That(wrong.Select(row => Compare(Retry, row)), Has.All.Not.Null);
    }

    [Test]
    public void A_mismatch_names_line_expected_and_actual() => Assert.That(
        Compare(Retry, Row() with { Status = "COMPLETED", Code = null, RetryCount = 0, Wait = null }),
        Is.EqualTo(new Mismatch(
            7, "demo-a-001", "RETRY INTERNAL_ERROR, retry_count 1, again in 5 min", "COMPLETED, retry_count 0")));

    [Test]
    public void A_sale_without_a_row_is_a_mismatch() =>
        Assert.That(Compare(Retry, null)!.Got, Is.EqualTo("not in the queue"));

    [TestCase("retracted", true)]
    [TestCase("100", false)]
    [TestCase("none", false)]
    public void A_changed_sale_must_be_at_Google_as_the_sample_says(string atGoogle, bool ok)
    {
        DemoSite site = new(Guid.NewGuid(), "a", 1);
        var sample = Sample(Retry) with { Change = new SampleChange(IsBeforeUpload: false, null, "RETRACT COMPLETED", "retracted") };
        DemoSale sale = new(Guid.NewGuid(), site, Guid.NewGuid(), DateTimeOffset.UnixEpoch, sample);
        ConversionState[] conversions = atGoogle == "none"
            ? []
            : [new ConversionState("1", "a", $"{sale.Id}", "c", 100, "TRY", atGoogle == "retracted", 1)];

        var summary = DemoSummary.From(
            new Uri("http://127.0.0.1:7071"), new UploadCounts(1, 1, 0, 0, 0), ConfirmCounts.Nothing, [site], [sale],
            new Dictionary<Guid, QueueRow> { [sale.Id] = Row() with { Correction = "RETRACT COMPLETED" } },
            new Dictionary<Guid, string>(), ChangedSale.From([sale], conversions));

        Assert.That((summary.Ok, summary.Changed.Single().AtGoogle), Is.EqualTo((ok, atGoogle)));
    }

    [Test]
    public void The_summary_counts_by_site_and_reason()
    {
        DemoSite site = new(Guid.NewGuid(), "a", 1);
        DemoSale NewSale() => new(Guid.NewGuid(), site, Guid.NewGuid(), DateTimeOffset.UnixEpoch, Sample(Retry));
        DemoSale[] sales = [NewSale(), NewSale(), NewSale(), NewSale()];
        var early = new DateTimeOffset(2026, 11, 20, 7, 0, 0, TimeSpan.Zero);
        var rows = new Dictionary<Guid, QueueRow>
        {
            [sales[0].Id] = Row() with { NextRetryAt = early.AddMinutes(1) },
            [sales[1].Id] = Row() with { NextRetryAt = early },
            [sales[2].Id] = Row() with { Status = "QUEUED", Code = null },
            [sales[3].Id] = Row() with { Status = "SUBMITTED", Code = null },
        };

        var summary = DemoSummary.From(
            new Uri("http://127.0.0.1:7071"), new UploadCounts(2, 0, 0, 2, 1), ConfirmCounts.Nothing, [site], sales,
            rows, new Dictionary<Guid, string>(), []);

        Assert.That(summary.Ok, Is.False);
        Assert.That(summary.Deviations, Has.Count.EqualTo(2));
        var of = summary.Sites.Single();
        Assert.That(of.Retry, Is.EqualTo((Reason[])[new("INTERNAL_ERROR", 2, early)]));
        Assert.That((of.Completed, of.Submitted, of.Open, of.Circuit), Is.EqualTo((0, 1, 1, "CLOSED")));
    }

    private static Mismatch? Compare(ExpectedOutcome expected, QueueRow? row) => ExpectationCheck.Compare(Sample(expected), row);

    private static QueueRow Row() =>
        new(Guid.NewGuid(), "RETRY", "INTERNAL_ERROR", 1, TimeSpan.FromMinutes(5), DateTimeOffset.UnixEpoch);

    private static SampleSale Sample(ExpectedOutcome expected) => new()
    {
        Line = 7,
        ExternalRef = "demo-a-001",
        Site = "a",
        ClickKind = "gclid",
        ClickId = "Cj0K",
        OccurredAt = DateTimeOffset.UnixEpoch,
        AmountCents = 100,
        Currency = "TRY",
        Conversation = "c1",
        Expected = expected,
    };
}
