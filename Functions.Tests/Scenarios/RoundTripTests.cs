using OpsMantik.Benchmarks;
using OpsMantik.Functions.Tests.Support;

namespace OpsMantik.Functions.Tests.Scenarios;

internal sealed class RoundTripTests : Scenario
{
    [Test]
    public async Task A_run_that_finds_nothing_costs_two()
    {
        await AddSiteAsync(1);
        await using var worker = NewWorker();

        using var commands = new CommandCount(Database.Name);
        await worker.UploadAsync();

        // The claim, and the look at the backlog, which notes the run's end.
        Assert.That(commands.Total, Is.EqualTo(2));
        Assert.That(await Database.ScalarAsync<long>("select count(*) from worker_ticks where job = 'upload'"), Is.EqualTo(1));
    }

    [TestCase("insert into sale_changes_missed (sale_id, reason) select id, 'test' from sales")]
    [TestCase("update sales set status = 'CANCELED'")]
    public async Task A_run_that_uploads_nothing_still_corrects(string change)
    {
        await Database.EnqueueAsync(await AddSiteAsync(1), 1, "click");
        await using var worker = NewWorker();
        await worker.UploadAsync();
        await Database.ExecuteAsync("delete from worker_ticks");
        await Database.ExecuteAsync(change);

        await worker.UploadAsync();

        Assert.That(
            await Database.ScalarAsync<long>(
                "select (select count(*) from sale_changes_missed) + (select count(*) from conversion_corrections where status <> 'COMPLETED')"),
            Is.Zero);
        Assert.That(await Database.ScalarAsync<long>("select count(*) from worker_ticks where job = 'upload'"), Is.EqualTo(1));
    }

    [TestCase(1)]
    [TestCase(200)]
    [TestCase(2_000)]
    public async Task A_batch_costs_one_claim_and_one_write_back_whatever_its_size(int rows)
    {
        await Database.EnqueueAsync(await AddSiteAsync(1), rows, "click");
        await using var worker = NewWorker();

        using var commands = new CommandCount(Database.Name);
        var summary = await worker.UploadAsync(limit: rows);

        Assert.That(summary.Completed, Is.EqualTo(rows));
        // Once per run: the looks for sales to decide about and for corrections, how the sites are called, and the snapshot of the backlog.
        Assert.That(commands.Total, Is.EqualTo(2 + 4));
    }

    [TestCase(1)]
    [TestCase(2_000)]
    public async Task A_batch_of_corrections_costs_as_much(int rows)
    {
        await Database.EnqueueAsync(await AddSiteAsync(1), rows, "click");
        await using var worker = NewWorker();
        await worker.UploadAsync();
        await Database.ExecuteAsync("update sales set status = 'CANCELED'");

        using var commands = new CommandCount(Database.Name);
        var summary = await worker.UploadAsync();

        Assert.That(summary.Corrected, Is.EqualTo(rows));
        // Once per run: the looks for uploads, sales to decide about and more corrections, and the snapshot of the backlog.
        Assert.That(commands.Total, Is.EqualTo(2 + 4));
    }

    [TestCase(1, 1)]
    [TestCase(30, 5, Description = "1, 2, 4, 8, 16 one after another; fewer where several wait at once")]
    public async Task Requests_within_limits_of_the_project_cost_few_leases(int sites, int mostLeases)
    {
        for (var number = 1; number <= sites; number++)
        {
            var site = await Database.AddSiteAsync();
            await Database.AddCredentialsAsync(Worker.Vault, site, CustomerId(number), uploadApi: "data_manager");
            await Database.EnqueueAsync(site, 10, $"click-{number}");
        }

        await using var worker = NewWorker();
        await Database.StayInMinuteAsync();

        using var commands = new CommandCount(Database.Name);
        var summary = await worker.UploadAsync(limit: sites * 10);

        Assert.That(summary.Submitted, Is.EqualTo(sites * 10));
        Assert.That(commands.Total - (1 + sites + 4), Is.InRange(1, mostLeases));
    }
}
