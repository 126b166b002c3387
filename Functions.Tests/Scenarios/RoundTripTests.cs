using OpsMantik.Benchmarks;
using OpsMantik.Core.Status;
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

    [Test]
    public async Task A_run_that_cannot_look_corrects_and_notes_its_end_all_the_same()
    {
        await Database.EnqueueAsync(await AddSiteAsync(1), 1, "click");
        await using var worker = NewWorker();
        await worker.UploadAsync();
        await Database.ExecuteAsync("delete from worker_ticks; update sales set status = 'CANCELED'; drop table provider_backlog_samples");

        var summary = await worker.UploadAsync();

        Assert.That(summary.Corrected, Is.EqualTo(1));
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
        // Once per run: the looks for uploads, for anything to correct, sales to decide about and more corrections, and the snapshot of the backlog.
        Assert.That(commands.Total, Is.EqualTo(2 + 5));
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

    [TestCase(1, 1, 1)]
    [TestCase(StatusReader.MaxNamedSites + 1, 1, 2)]
    [TestCase(1, 20_000_000, 2)]
    public async Task A_report_costs_one_with_the_names_of_its_sites_and_two_where_they_are_very_many_or_large(int sites, int bytes, int expected)
    {
        await Database.ExecuteAsync("alter table sites add column name text, add column page text");
        await Database.ExecuteAsync("alter table sites alter column page set storage external");
        var site = await AddSiteAsync(1);
        await Database.ExecuteAsync("update sites set name = 'Cafe Nord', page = repeat('x', $1)", bytes);
        await Database.ExecuteAsync("insert into sites (id) select gen_random_uuid() from generate_series(2, $1)", sites);
        await Database.EnqueueAsync(site, 3, "click");
        await using var worker = NewWorker();
        var reader = worker.Get<StatusReader>();

        using var commands = new CommandCount(Database.Name);
        var all = await reader.ReadAsync(default);
        var forAll = commands.Total;
        var one = await reader.ReadSiteAsync(site, "google_ads", default);

        Assert.That(all.Sites.Single().SiteName, Is.EqualTo("Cafe Nord"));
        Assert.That(forAll, Is.EqualTo(expected));
        Assert.That((one!.State.SiteName, commands.Total - forAll), Is.EqualTo(("Cafe Nord", 1)));
    }
}
