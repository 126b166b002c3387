using OpsMantik.Core.Operations;
using OpsMantik.Functions.Tests.Scenarios;
using OpsMantik.Functions.Tests.Support;

namespace OpsMantik.Functions.Tests.Operations;

internal sealed class RowHistoryTests : Scenario
{
    [Test]
    public async Task A_row_that_failed_was_requeued_and_arrived_tells_it_all()
    {
        var site = await AddSiteAsync(1, "CANARY-revoked");
        var row = (await Database.EnqueueAsync(site)).Single();
        await using var worker = NewWorker();
        // Queued before its first claim, as the application does; the seed puts rows a day back.
        await worker.UploadAsync();
        await Database.AddCredentialsAsync(Worker.Vault, site, CustomerId(1));
        await worker.Get<Requeueing>().RequeueAsync(
            new RequeueFilter { Status = "FAILED", SiteId = site }, "ops@example", CancellationToken.None);
        await worker.UploadAsync();

        var life = (await FindAsync(worker, row))!;

        Assert.That((life.Row.Status, life.Row.Attempts), Is.EqualTo(("COMPLETED", 0)));
        Assert.That(life.Row.Meaning, Is.Null);
        Assert.That(
            life.Batches.Select(batch => (batch.Phase, batch.Completed ?? 0, batch.Failed ?? 0, batch.Code)),
            Is.EqualTo(new (string, int, int, string?)[]
            {
                ("STARTED", 0, 0, null), ("FINISHED", 0, 1, "INVALID_GRANT"), ("STARTED", 0, 0, null), ("FINISHED", 1, 0, null),
            }));
        Assert.That(life.Batches.Select(batch => batch.Own), Is.EqualTo((bool[])[false, false, false, true]));
        Assert.That(life.Audit.Select(line => (line.Actor, line.Action, line.Rows)), Is.EqualTo(new[] { ("ops@example", "requeue", 1L) }));
    }

    [Test]
    public async Task A_failed_row_says_what_that_means_and_is_found_by_its_sale()
    {
        var site = await AddSiteAsync(1, "CANARY-revoked");
        var row = (await Database.EnqueueAsync(site)).Single();
        await using var worker = NewWorker();
        await worker.UploadAsync();
        var sale = await Database.ScalarAsync<Guid>("select sale_id from offline_conversion_queue");

        var life = (await FindAsync(worker, sale))!;

        Assert.That((life.Row.Id, life.Row.Status, life.Row.Code), Is.EqualTo((row, "FAILED", "INVALID_GRANT")));
        Assert.That(life.Row.Meaning!.Code, Is.EqualTo("INVALID_GRANT"));
        Assert.That(life.Row.Click, Is.EqualTo("gclid click-1"));
    }

    [Test]
    public async Task A_sale_that_changed_after_it_was_sent_tells_what_Google_was_told()
    {
        var site = await AddSiteAsync(1);
        var row = (await Database.EnqueueAsync(site)).Single();
        await using var worker = NewWorker();
        await worker.UploadAsync();
        await Database.ExecuteAsync("update sales set amount_cents = 7000");
        await worker.UploadAsync();
        await Database.ExecuteAsync("update sales set status = 'CANCELED'");

        var life = (await FindAsync(worker, row))!;

        Assert.That(life.Row.Status, Is.EqualTo("COMPLETED"));
        Assert.That(
            life.Corrections.Select(change => (change.Kind, change.Value, change.Status)),
            Is.EqualTo(new (string, string?, string)[] { ("RESTATE", "₺70.00", "COMPLETED"), ("RETRACT", null, "QUEUED") }));
    }

    [Test]
    public async Task A_submitted_row_names_its_request_and_when_it_is_asked_about()
    {
        var site = await Database.AddSiteAsync();
        await Database.AddCredentialsAsync(Worker.Vault, site, uploadApi: "data_manager");
        var rows = await Database.EnqueueAsync(site, 2);
        await using var worker = NewWorker();
        await worker.UploadAsync();

        var life = (await FindAsync(worker, rows[1]))!;

        Assert.That((life.Row.Status, life.Row.RequestIndex), Is.EqualTo(("SUBMITTED", (int?)1)));
        Assert.That(life.Request!.SettledAt, Is.Null);
        Assert.That(life.Request.NextCheckAt, Is.GreaterThan(life.Request.SubmittedAt));
        Assert.That(life.Batches[^1].Own);
    }

    [Test]
    public async Task A_row_that_is_due_has_no_time_to_wait_for()
    {
        var row = (await Database.EnqueueAsync(await AddSiteAsync(1))).Single();
        await using var worker = NewWorker();

        Assert.That((await FindAsync(worker, row))!.Row.NextRetryAt, Is.Null);
        await Database.ExecuteAsync("update offline_conversion_queue set next_retry_at = timestamptz '2031-02-03 04:05:06Z'");
        Assert.That((await FindAsync(worker, row))!.Row.NextRetryAt, Is.EqualTo(new DateTime(2031, 2, 3, 4, 5, 6)));
    }

    [Test]
    public async Task What_is_neither_row_nor_sale_is_nothing()
    {
        await using var worker = NewWorker();

        Assert.That(await FindAsync(worker, Guid.NewGuid()), Is.Null);
    }

    private static Task<RowHistory?> FindAsync(Worker worker, Guid id) =>
        worker.Get<RowHistoryReader>().FindAsync(id, CancellationToken.None);
}
