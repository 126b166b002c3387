using System.Text.Json;
using Microsoft.Extensions.Time.Testing;
using OpsMantik.Core.Conversions;
using OpsMantik.Core.Providers;
using OpsMantik.Core.Queue;
using OpsMantik.Core.Runs;
using OpsMantik.Core.Sites;
using OpsMantik.Core.Vault;
using OpsMantik.Functions.Tests.Support;

namespace OpsMantik.Functions.Tests.Runs;

[FixtureLifeCycle(LifeCycle.InstancePerTestCase)]
public class ClaimStreamTests
{
    private readonly FakeTimeProvider _time = new();
    private readonly ScriptedQueue _queue = new();

    [Test]
    public async Task The_next_claim_is_made_while_half_of_the_last_still_waits()
    {
        _queue.Claims.AddRange([[5, 5, 5, 5], [3]]);
        List<string> seen = [];

        await foreach (var (group, _) in Read())
            seen.Add($"{group.Jobs.Count} rows, {_queue.Asked.Count} claims");

        Assert.That(seen, Is.EqualTo(new[]
        {
            "5 rows, 1 claims", "5 rows, 1 claims", "5 rows, 2 claims", "5 rows, 2 claims", "3 rows, 3 claims",
        }));
    }

    [Test]
    public async Task A_site_alone_does_not_wait_for_its_own_upload()
    {
        _queue.Claims.AddRange([[2_000], [2_000]]);

        await using var groups = Read().GetAsyncEnumerator();
        await groups.MoveNextAsync();

        Assert.That(_queue.Asked, Has.Count.EqualTo(2));
    }

    [Test]
    public async Task No_more_than_the_limit_is_claimed_over_all_claims()
    {
        _queue.Claims.AddRange([[6, 2], [2]]);

        var rows = await CountAsync(limit: 10);

        Assert.That(rows, Is.EqualTo(10));
        Assert.That(_queue.Asked, Is.EqualTo(new[] { 10, 2 }));
    }

    [Test]
    public async Task Nothing_is_claimed_after_the_deadline_and_what_was_claimed_is_handed_out()
    {
        _queue.Claims.AddRange([[1, 1, 1], [1]]);
        using var stopping = new CancellationTokenSource();
        var rows = 0;

        await foreach (var (group, _) in Read(stopping: stopping.Token))
        {
            rows += group.Jobs.Count;
            await stopping.CancelAsync();
        }

        Assert.That(rows, Is.EqualTo(3));
        Assert.That(_queue.Asked, Has.Count.EqualTo(1));
    }

    [Test]
    public async Task A_claim_ages_from_before_it_was_made()
    {
        _queue.Claims.AddRange([[1], [1]]);
        _queue.Took = () => _time.Advance(TimeSpan.FromSeconds(3));
        List<TimeSpan> ages = [];

        await foreach (var (_, claimedAt) in Read())
            ages.Add(_time.GetElapsedTime(claimedAt));

        Assert.That(ages, Is.EqualTo(new[] { TimeSpan.FromSeconds(6), TimeSpan.FromSeconds(6) }));
    }

    private async Task<int> CountAsync(int limit)
    {
        var rows = 0;
        await foreach (var (group, _) in Read(limit))
            rows += group.Jobs.Count;
        return rows;
    }

    private IAsyncEnumerable<(ClaimedGroup Group, long ClaimedAt)> Read(
        int limit = int.MaxValue, CancellationToken stopping = default) =>
        new ClaimStream(_queue, new SiteLabels((_, _) => Task.FromResult(SiteNames.None), _time), TestInstruments.New(_time), _time).ReadAsync(
            new NoProvider(), Guid.NewGuid(), limit, new RunDeadline(_time, TimeSpan.FromMinutes(8), stopping));

    /// <summary>Answers claims with groups of so many rows each, then with nothing.</summary>
    private sealed class ScriptedQueue : IConversionQueue
    {
        public List<int[]> Claims { get; } = [];

        public List<int> Asked { get; } = [];

        public Action Took { get; set; } = () => { };

        public Task<IReadOnlyList<ClaimedGroup>> ClaimAsync(ClaimRequest request, CancellationToken cancellationToken)
        {
            Took();
            Asked.Add(request.Limit);
            var groups = Asked.Count <= Claims.Count ? Claims[Asked.Count - 1] : [];
            return Task.FromResult<IReadOnlyList<ClaimedGroup>>([.. groups.Select(rows => new ClaimedGroup(
                Guid.NewGuid(), Guid.NewGuid(), request.ProviderKey, null, false, new ConversionJob[rows]))]);
        }

        public Task<WriteBackCounts> WriteBackAsync(
            ClaimedGroup group, IReadOnlyList<JobResult> results, CircuitSignal signal, TimeSpan duration,
            TimeSpan firstCheck, CancellationToken cancellationToken) => throw new NotSupportedException();

        public Task ShiftAsync(
            ClaimedGroup group, IReadOnlyDictionary<Guid, int> shifts, CancellationToken cancellationToken) =>
            throw new NotSupportedException();

        public Task<int> ReleaseAsync(ClaimedGroup group, bool maySent, CancellationToken cancellationToken) =>
            throw new NotSupportedException();

        public Task<IReadOnlySet<Guid>> ReadIsolatedAsync(string providerKey, CancellationToken cancellationToken) =>
            throw new NotSupportedException();

        public Task<RefusedEnd> EndRefusedAsync(
            ClaimedGroup group, Guid jobId, string state, CancellationToken cancellationToken) => throw new NotSupportedException();

        public Task<int> FailEndlessAsync(int minAgeMinutes, CancellationToken cancellationToken) =>
            throw new NotSupportedException();

        public Task<int> RecoverAsync(int minAgeMinutes, CancellationToken cancellationToken) =>
            throw new NotSupportedException();

        public Task<int> ClearIdentifiersAsync(TimeSpan age, CancellationToken cancellationToken) =>
            throw new NotSupportedException();
    }

    private sealed class NoProvider : IConversionProvider
    {
        public string Key => "google_ads";

        public int MaxBatchSize => 2_000;

        public string? FindFault(JsonElement credentials) => null;

        public Task<IReadOnlyList<UploadOutcome>> UploadAsync(
            OpenedCredential credential, IReadOnlyList<Conversion> conversions, CancellationToken cancellationToken) =>
            throw new NotSupportedException();
    }
}
