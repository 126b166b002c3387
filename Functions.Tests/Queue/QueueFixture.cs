using Microsoft.Extensions.Logging.Abstractions;
using Npgsql;
using OpsMantik.Core.Providers;
using OpsMantik.Core.Queue;
using OpsMantik.Functions.Tests.Support;

namespace OpsMantik.Functions.Tests.Queue;

/// <summary>A database of its own and a queue over it, connected as the app connects.</summary>
internal abstract class QueueFixture
{
    protected const string Provider = "google_ads";

    protected TestDatabase Database { get; private set; } = null!;

    protected NpgsqlDataSource Worker { get; private set; } = null!;

    /// <summary>Connected as the command line connects.</summary>
    protected NpgsqlDataSource Operator { get; private set; } = null!;

    protected ConversionQueue Queue { get; private set; } = null!;

    [SetUp]
    public async Task OpenAsync()
    {
        Database = await TestDatabase.CreateAsync();
        Worker = NpgsqlDataSource.Create(Database.WorkerConnectionString);
        Operator = NpgsqlDataSource.Create(Database.OperatorConnectionString);
        Queue = NewQueue(seed: 1);
    }

    [TearDown]
    public async Task CloseAsync()
    {
        Queue.Dispose();
        await Worker.DisposeAsync();
        await Operator.DisposeAsync();
        await Database.DisposeAsync();
    }

    protected ConversionQueue NewQueue(int seed) =>
        new(Worker, new Random(seed), NullLogger<ConversionQueue>.Instance);

    protected Task<IReadOnlyList<ClaimedGroup>> ClaimAsync(
        int limit = 10_000, int groupLimit = 2_000, Guid? run = null, ConversionQueue? queue = null) =>
        (queue ?? Queue).ClaimAsync(
            new ClaimRequest(Provider, run ?? Guid.NewGuid(), limit, groupLimit), CancellationToken.None);

    protected Task<WriteBackCounts> WriteBackAsync(
        ClaimedGroup group, UploadOutcome outcome, CircuitSignal signal = CircuitSignal.None)
    {
        var results = group.Jobs.Select(job => RetryPolicy.Apply(job.Id, job.RetryCount, outcome, "order-1", jitter: 0));
        return WriteBackAsync(group, [.. results], signal);
    }

    protected Task<WriteBackCounts> WriteBackAsync(
        ClaimedGroup group, IReadOnlyList<JobResult> results, CircuitSignal signal) =>
        Queue.WriteBackAsync(
            group, results, signal, TimeSpan.FromMilliseconds(42), TimeSpan.FromMinutes(30), CancellationToken.None);

    protected Task<string?> StatusAsync(Guid id) =>
        Database.ScalarAsync<string>("select status from offline_conversion_queue where id = $1", id);

    protected Task<string?> CircuitAsync(Guid site) =>
        Database.ScalarAsync<string>("select state::text from provider_health_state where site_id = $1", site);
}
