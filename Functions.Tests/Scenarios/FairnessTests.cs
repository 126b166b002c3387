using OpsMantik.Functions.Tests.Support;
using OpsMantik.Local.GoogleEmulator;

namespace OpsMantik.Functions.Tests.Scenarios;

internal sealed class FairnessTests : Scenario
{
    [Test]
    public async Task With_90_percent_of_the_backlog_on_one_site_every_other_is_served_in_the_first_run()
    {
        await Database.EnqueueAsync(await AddSiteAsync(1), 9_000, "big");
        List<Guid> others = [];
        for (var number = 2; number <= 21; number++)
        {
            others.Add(await AddSiteAsync(number));
            await Database.EnqueueAsync(others[^1], 50, $"small-{number}");
        }

        await using var worker = NewWorker();
        var summary = await worker.UploadAsync(limit: 50);

        Assert.Multiple(async () =>
        {
            Assert.That(summary.Completed, Is.EqualTo(50), "the limit is over all groups");
            Assert.That(
                await Database.ScalarAsync<Guid[]>(
                    "select array_agg(distinct site_id) from offline_conversion_queue where status = 'COMPLETED'"),
                Is.SupersetOf(others));
        });
    }

    [Test]
    public async Task A_site_whose_google_hangs_holds_nobody_else_up()
    {
        Google.SetBehaviour(CustomerId(1), CallBehaviour.Hang);
        var hanging = await AddSiteAsync(1);
        await Database.EnqueueAsync(hanging, 10, "hanging");
        var other = await AddSiteAsync(2);
        await Database.EnqueueAsync(other, 10, "other");

        await using var worker = NewWorker(("GoogleAds:RequestTimeout", "00:00:02"));
        await worker.UploadAsync();

        Assert.Multiple(async () =>
        {
            Assert.That(await RowsAsync(other), Is.EqualTo("COMPLETED:10"));
            Assert.That(await RowsAsync(hanging), Is.EqualTo("RETRY/TIMEOUT:10"));
        });
    }
}
