using OpsMantik.Core.Providers;
using OpsMantik.Core.Queue;
using OpsMantik.Reliability.Simulation.Store;

namespace OpsMantik.Functions.Tests.Queue.Contract;

/// <summary>
/// What every store promises. One body over PostgreSQL and over the simulation's memory, so that what is proved of the
/// one by a hundred thousand seeds holds for the other.
/// </summary>
internal abstract class StoreContract<TStore> where TStore : IStoreUnderTest, new()
{
    protected const string Provider = "google_ads";

    protected static readonly UploadOutcome Unavailable =
        UploadOutcome.Retry("HTTP_503", ErrorCategory.Transient, "unavailable");

    private readonly Random _random = new(20261124);

    protected TStore Store { get; private set; } = default!;

    protected IConversionQueue Queue { get; private set; } = null!;

    [SetUp]
    public async Task OpenAsync()
    {
        Store = new TStore();
        await Store.OpenAsync();
        Queue = Store.NewQueue(seed: 1);
    }

    [TearDown]
    public async Task CloseAsync() => await Store.DisposeAsync();

    /// <summary>A site with rows, each a second younger than the one before.</summary>
    protected async Task<(GroupKey Group, Guid[] Rows)> SiteAsync(int rows = 1)
    {
        var group = new GroupKey(NextGuid(), Provider);
        await Store.AddSiteAsync(group.SiteId);
        return (group, await EnqueueAsync(group, rows));
    }

    protected async Task<Guid[]> EnqueueAsync(GroupKey group, int count)
    {
        var now = await Store.NowAsync();
        var ids = Enumerable.Range(0, count).Select(_ => NextGuid()).ToArray();
        for (var i = 0; i < count; i++)
        {
            await Store.EnqueueAsync(new QueueRow
            {
                Id = ids[i],
                Group = group,
                SaleId = NextGuid(),
                Gclid = $"click-{ids[i]:N}",
                ConversionTime = now.AddDays(-2),
                CreatedAt = now.AddDays(-1).AddSeconds(i),
            });
        }

        return ids;
    }

    protected Task<IReadOnlyList<ClaimedGroup>> ClaimAsync(int limit = 10_000, int groupLimit = 2_000, Guid? run = null) =>
        Queue.ClaimAsync(new ClaimRequest(Provider, run ?? NextGuid(), limit, groupLimit), CancellationToken.None);

    protected Task<WriteBackCounts> WriteBackAsync(
        ClaimedGroup group, UploadOutcome outcome, CircuitSignal? signal = null) =>
        WriteBackAsync(group, [.. group.Jobs.Select(_ => outcome)], signal);

    protected Task<WriteBackCounts> WriteBackAsync(
        ClaimedGroup group, UploadOutcome[] outcomes, CircuitSignal? signal = null) => Queue.WriteBackAsync(
            group,
            [.. group.Jobs.Select((job, i) => RetryPolicy.Apply(job.Id, job.RetryCount, outcomes[i], "order", jitter: 0))],
            signal ?? CircuitSignals.Of(outcomes),
            TimeSpan.FromMilliseconds(42),
            firstCheck: TimeSpan.FromMinutes(30),
            CancellationToken.None);

    protected Task<int> ReleaseAsync(ClaimedGroup group, bool maySent) =>
        Queue.ReleaseAsync(group, maySent, CancellationToken.None);

    protected Task<int> RecoverAsync(int minAgeMinutes = 15) =>
        Queue.RecoverAsync(minAgeMinutes, CancellationToken.None);

    protected async Task<QueueRow[]> RowsAsync(IEnumerable<Guid> ids)
    {
        List<QueueRow> rows = [];
        foreach (var id in ids)
            rows.Add(await Store.RowAsync(id));
        return [.. rows];
    }

    /// <summary>From now until the row's next try.</summary>
    protected async Task<double> MinutesToNextTryAsync(Guid id) =>
        ((await Store.RowAsync(id)).NextRetryAt!.Value - await Store.NowAsync()).TotalMinutes;

    protected Guid NextGuid()
    {
        var bytes = new byte[16];
        _random.NextBytes(bytes);
        return new Guid(bytes);
    }
}
