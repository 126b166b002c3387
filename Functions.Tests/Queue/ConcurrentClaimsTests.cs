using OpsMantik.Core.Providers;
using OpsMantik.Core.Queue;
using OpsMantik.Functions.Tests.Support;

namespace OpsMantik.Functions.Tests.Queue;

/// <summary>The dashboard's own worker drains the same queue: it writes the status alone and knows no tokens.</summary>
internal sealed class ConcurrentClaimsTests : QueueFixture
{
    private const string OlderClaim =
        """
        with taken as (
            update offline_conversion_queue set status = 'PROCESSING', updated_at = now()
            where id in (select id from offline_conversion_queue
                         where status in ('QUEUED', 'RETRY') and (next_retry_at is null or next_retry_at <= now())
                         limit 3 for update skip locked)
            returning id
        )
        select coalesce(array_agg(id), '{}') from taken
        """;

    private const string AnyWaiting =
        "select exists (select from offline_conversion_queue where status in ('QUEUED', 'RETRY'))";

    private TaskCompletionSource _older = new();
    private TaskCompletionSource _ours = new();

    [SetUp]
    public void ForgetTheFirstClaims() => (_older, _ours) = (new(), new());

    [Test]
    public async Task Every_row_goes_to_one_of_them()
    {
        var rows = await Database.EnqueueAsync(await Database.AddSiteAsync(), 120);

        var taken = await Task.WhenAll(OlderAsync(), OursAsync(seed: 2), OlderAsync(), OursAsync(seed: 3));

        Assert.That(taken.SelectMany(ids => ids), Is.EquivalentTo(rows));
        Assert.That(taken[0].Length + taken[2].Length, Is.Positive);
        Assert.That(taken[1].Length + taken[3].Length, Is.Positive);
    }

    [Test]
    public async Task What_the_dashboard_sends_is_left_to_it()
    {
        var row = (await Database.EnqueueAsync(await Database.AddSiteAsync())).Single();
        await Database.ScalarAsync<Guid[]>(OlderClaim);

        Assert.That(await ClaimAsync(), Is.Empty);
        Assert.That(await Queue.RecoverAsync(15, CancellationToken.None), Is.Zero);
        await Database.ExecuteAsync("update offline_conversion_queue set status = 'COMPLETED' where id = $1", row);

        Assert.That(await ClaimAsync(), Is.Empty);
        Assert.That(await StatusAsync(row), Is.EqualTo("COMPLETED"));
    }

    [Test]
    public async Task What_the_worker_sends_is_left_to_it()
    {
        var row = (await Database.EnqueueAsync(await Database.AddSiteAsync())).Single();
        var ours = (await ClaimAsync()).Single();

        Assert.That(await Database.ScalarAsync<Guid[]>(OlderClaim), Is.Empty);
        await WriteBackAsync(ours, UploadOutcome.Completed(), CircuitSignal.Success);

        Assert.That(await Database.ScalarAsync<Guid[]>(OlderClaim), Is.Empty);
        Assert.That(await StatusAsync(row), Is.EqualTo("COMPLETED"));
    }

    private Task<Guid[]> OlderAsync() =>
        DrainAsync(_older, _ours, async () => await Database.ScalarAsync<Guid[]>(OlderClaim) ?? []);

    private Task<Guid[]> OursAsync(int seed)
    {
        var queue = NewQueue(seed);
        return DrainAsync(_ours, _older, async () =>
            [.. (await ClaimAsync(limit: 3, queue: queue)).SelectMany(group => group.Jobs).Select(job => job.Id)]);
    }

    /// <summary>
    /// Claims until nothing waits. After its first rows a worker waits for the other side's first, so that both take
    /// some whoever is faster; an empty claim alone means only that the other holds what it looked at.
    /// </summary>
    private async Task<Guid[]> DrainAsync(
        TaskCompletionSource mine, TaskCompletionSource theirs, Func<Task<Guid[]>> claimAsync)
    {
        var all = new List<Guid>();
        while (await Database.ScalarAsync<bool>(AnyWaiting))
        {
            if (await claimAsync() is not { Length: > 0 } ids)
                continue;
            all.AddRange(ids);
            mine.TrySetResult();
            await theirs.Task.WaitAsync(TimeSpan.FromSeconds(30));
        }
        return [.. all];
    }
}
