using OpsMantik.Core.Providers;
using OpsMantik.Functions.Tests.Support;

namespace OpsMantik.Functions.Tests.Queue;

/// <summary>Claims start at the floor, and no row waits below it unseen.</summary>
internal sealed class FloorTests : QueueFixture
{
    private const string Floor =
        "select due_from from offline_conversion_queue_floor where provider_key = 'google_ads' and isfinite(due_from)";

    [Test]
    public async Task A_claim_that_saw_every_group_raises_the_floor_to_the_first_row_that_waits()
    {
        await Database.EnqueueAsync(await Database.AddSiteAsync(), 3);
        await Database.ExecuteAsync("update offline_conversion_queue set next_retry_at = now() - interval '5 minutes'");
        Assert.That(await Database.ScalarAsync<DateTime?>(Floor), Is.Null);

        await ClaimAsync(limit: 2);

        Assert.That(
            await Database.ScalarAsync<bool>(
                $"select ({Floor}) = min(next_retry_at) from offline_conversion_queue where status = 'QUEUED'"),
            Is.True);
    }

    [Test]
    public async Task A_claim_that_stopped_on_its_way_leaves_the_floor()
    {
        await Database.EnqueueAsync(await Database.AddSiteAsync());
        await Database.EnqueueAsync(await Database.AddSiteAsync(), 1, "other");

        await ClaimAsync(limit: 1);

        Assert.That(await Database.ScalarAsync<DateTime?>(Floor), Is.Null);
    }

    [TestCase("null")]
    [TestCase("now() - interval '1 day'")]
    public async Task A_row_made_due_by_hand_below_the_floor_is_claimed_next(string due)
    {
        var row = (await Database.EnqueueAsync(await Database.AddSiteAsync())).Single();
        var claimed = (await ClaimAsync()).Single();
        await WriteBackAsync(claimed, UploadOutcome.Completed());
        await RaiseAsync();

        await Database.ExecuteAsync(
            $"update offline_conversion_queue set status = 'QUEUED', next_retry_at = {due} where id = $1", row);

        Assert.That((await ClaimAsync()).Single().Jobs.Single().Id, Is.EqualTo(row));
    }

    [Test]
    public async Task Rows_recovered_below_the_floor_are_claimed_next()
    {
        await Database.EnqueueAsync(await Database.AddSiteAsync());
        await ClaimAsync();
        await Database.ExecuteAsync(
            "update offline_conversion_queue set claimed_at = now() - interval '1 hour', next_retry_at = null");
        await RaiseAsync();

        await Queue.RecoverAsync(15, CancellationToken.None);

        Assert.That(await ClaimAsync(), Has.Count.EqualTo(1));
    }

    [Test]
    public async Task The_floor_does_not_rise_over_a_row_that_is_not_committed_yet()
    {
        var row = (await Database.EnqueueAsync(await Database.AddSiteAsync())).Single();
        await ClaimAsync();
        await using var other = await Database.Admin.OpenConnectionAsync();
        await using var transaction = await other.BeginTransactionAsync();
        await using (var command = other.CreateCommand())
        {
            command.CommandText =
                $"update offline_conversion_queue set status = 'QUEUED', next_retry_at = null where id = '{row}'";
            await command.ExecuteNonQueryAsync();
        }

        Assert.That(await ClaimAsync(), Is.Empty);
        await transaction.CommitAsync();

        Assert.That(await ClaimAsync(), Has.Count.EqualTo(1));
    }

    [Test]
    public async Task Once_an_hour_a_claim_looks_below_the_floor()
    {
        await Database.EnqueueAsync(await Database.AddSiteAsync());
        await Database.ExecuteAsync(
            "update offline_conversion_queue_floor set due_from = now() + interval '1 minute', checked_at = now()");
        Assert.That(await ClaimAsync(), Is.Empty);

        await Database.ExecuteAsync("update offline_conversion_queue_floor set checked_at = now() - interval '61 minutes'");

        Assert.That(await ClaimAsync(), Has.Count.EqualTo(1));
    }

    [Test]
    public async Task A_row_queued_now_is_due_now_and_above_the_floor()
    {
        await RaiseAsync();

        await Database.EnqueueAsync(await Database.AddSiteAsync());

        Assert.That(await ClaimAsync(), Has.Count.EqualTo(1));
    }

    private async Task RaiseAsync()
    {
        await ClaimAsync();
        Assert.That(await Database.ScalarAsync<DateTime?>(Floor), Is.Not.Null);
    }
}
