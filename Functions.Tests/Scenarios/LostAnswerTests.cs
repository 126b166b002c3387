using OpsMantik.Functions.Tests.Support;
using OpsMantik.Local.GoogleEmulator;

namespace OpsMantik.Functions.Tests.Scenarios;

/// <summary>What Google may have got without our knowing is sent again under the same identity and counted once.</summary>
internal sealed class LostAnswerTests : Scenario
{
    private static readonly CallBehaviour[] LostAnswers =
        [CallBehaviour.CutAfterAccept, CallBehaviour.HangAfterAccept, CallBehaviour.TruncatedJson];

    [TestCaseSource(nameof(LostAnswers))]
    public async Task A_lost_answer_counts_once(CallBehaviour lost)
    {
        var site = await AddSiteAsync(1);
        await Database.EnqueueAsync(site, 10);
        Google.QueueBehaviour(null, lost);
        await using var worker = NewWorker(("GoogleAds:RequestTimeout", "00:00:02"));

        var first = await worker.UploadAsync();
        await MakeDueAsync();
        var second = await worker.UploadAsync();

        Assert.Multiple(async () =>
        {
            Assert.That((first.Retry, second.Completed), Is.EqualTo((10, 10)));
            Assert.That(await RowsAsync(site), Is.EqualTo("COMPLETED/CLICK_CONVERSION_ALREADY_EXISTS:10"));
            Assert.That(Google.Orders.Select(order => (order.Deliveries, order.Counted)), Is.All.EqualTo((2, 1)));
        });
    }

    [Test]
    public async Task A_worker_that_died_after_sending_counts_once()
    {
        var site = await AddSiteAsync(1);
        await Database.EnqueueAsync(site, 10);
        await using var worker = NewWorker();
        await worker.UploadAsync();
        // As if it had died between the answer and the write-back.
        await Database.ExecuteAsync(
            """
            update offline_conversion_queue
            set status = 'PROCESSING', claim_token = gen_random_uuid(), claimed_at = now() - interval '16 minutes'
            """);

        var recovered = await worker.RecoverAsync();
        await worker.UploadAsync();

        Assert.Multiple(async () =>
        {
            Assert.That(recovered, Is.EqualTo(10));
            Assert.That(await RowsAsync(site), Is.EqualTo("COMPLETED/CLICK_CONVERSION_ALREADY_EXISTS:10"));
            Assert.That(Google.EffectCount, Is.EqualTo(10));
        });
    }

    [Test]
    public async Task One_sale_twice_in_a_batch_is_sent_once_and_the_other_retried()
    {
        var site = await AddSiteAsync(1);
        await Database.EnqueueAsync(site, 2);
        await Database.ExecuteAsync("""update offline_conversion_queue set payload = '{"order_id":"same"}'""");
        await using var worker = NewWorker();

        await worker.UploadAsync();
        var afterFirst = await RowsAsync(site);
        await MakeDueAsync();
        await worker.UploadAsync();

        Assert.Multiple(async () =>
        {
            Assert.That(afterFirst, Is.EqualTo("COMPLETED:1 RETRY/DUPLICATE_IN_BATCH:1"));
            Assert.That(Google.EffectCount, Is.EqualTo(1));
            Assert.That(
                await RowsAsync(site), Is.EqualTo("COMPLETED:1 FAILED/ORDER_ID_ALREADY_IN_USE:1"),
                "another sale under the same order id was never counted, and says so");
        });
    }
}
