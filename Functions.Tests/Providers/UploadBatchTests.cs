using OpsMantik.Core.Conversions;
using OpsMantik.Core.Providers;

namespace OpsMantik.Functions.Tests.Providers;

public class UploadBatchTests
{
    [Test]
    public void Rows_left_out_do_not_shift_the_outcomes_of_their_neighbours()
    {
        var rows = TestConversions.Many(5).ToArray();
        rows[0] = rows[0] with { Click = null };
        rows[2] = rows[2] with { Value = TestConversions.Money(-1) };
        var batch = new UploadBatch(rows);

        Assert.That(batch.Sendable, Is.EqualTo(new[] { rows[1], rows[3], rows[4] }));
        for (var index = 0; index < 3; index++)
        {
            batch.Settle(index, UploadOutcome.Completed(batch.Sendable[index].OrderId));
        }

        Assert.That(
            batch.Outcomes.Select(outcome => outcome.Code),
            Is.EqualTo(new[]
            {
                "MISSING_CLICK_ID", rows[1].OrderId, "INVALID_VALUE", rows[3].OrderId, rows[4].OrderId,
            }));
    }

    [Test]
    public void Only_the_first_of_equal_order_ids_or_clicks_is_sent_and_the_others_wait_unspent()
    {
        var first = TestConversions.New();
        var sameOrder = TestConversions.New() with { OrderId = first.OrderId };
        var sameClick = TestConversions.New() with { Click = first.Click, Time = first.Time.AddMilliseconds(999) };
        var laterClick = TestConversions.New() with { Click = first.Click, Time = first.Time.AddSeconds(1) };

        var batch = new UploadBatch([first, sameOrder, sameClick, laterClick]);
        batch.SettleAll(UploadOutcome.Completed());

        Assert.That(batch.Sendable, Is.EqualTo(new[] { first, laterClick }));
        foreach (var duplicate in new[] { batch.Outcomes[1], batch.Outcomes[2] })
        {
            Assert.That(duplicate.Kind, Is.EqualTo(OutcomeKind.Retry));
            Assert.That(duplicate.Code, Is.EqualTo("DUPLICATE_IN_BATCH"));
            Assert.That(duplicate.SpendsAttempt, Is.False);
            Assert.That(duplicate.MayHaveBeenSent, Is.False);
            Assert.That(duplicate.RetryAfter, Is.EqualTo(TimeSpan.FromMinutes(5)));
        }
    }

    /// <summary>Found by the hostile rows: sent together, Google refuses both, and they would come back together for ever.</summary>
    [Test]
    public void The_same_text_as_another_kind_of_click_id_is_held_back_too()
    {
        var good = TestConversions.New();
        var other = good with { OrderId = "another", Click = new ClickId(ClickIdKind.Wbraid, good.Click!.Value.Value) };

        Assert.That(new UploadBatch([good, other]).Sendable, Is.EqualTo(new[] { good }));
    }

    [Test]
    public void A_row_that_cannot_be_sent_does_not_hold_back_its_duplicate()
    {
        var good = TestConversions.New();
        var batch = new UploadBatch([good with { Value = TestConversions.Money(-1) }, good]);

        Assert.That(batch.Sendable, Is.EqualTo(new[] { good }));
    }

    [Test]
    public void Before_anything_is_sent_the_held_back_rows_are_settled()
    {
        var good = TestConversions.New();
        var batch = new UploadBatch([good, good with { Click = null }]);

        Assert.That(batch.Settled.Select(held => (held.Key, held.Value.Code)), Is.EqualTo(new[] { (1, "MISSING_CLICK_ID") }));
    }

    [Test]
    public void A_sent_row_without_an_outcome_is_a_bug_that_shows()
    {
        var batch = new UploadBatch(TestConversions.Many(1));

        Assert.That(() => batch.Outcomes, Throws.InvalidOperationException);
    }
}
