using Microsoft.Extensions.Logging.Abstractions;
using Npgsql;
using OpsMantik.Core.Providers;
using OpsMantik.Core.Queue;
using OpsMantik.Functions.Tests.Support;

namespace OpsMantik.Functions.Tests.Queue;

/// <summary>Statements are prepared on a connection of the server's own, and on no pooler's.</summary>
internal sealed class PreparedWriteBackTests : QueueFixture
{
    [Test]
    public async Task A_write_back_is_prepared_on_the_servers_own_connection() =>
        Assert.That(await PreparedAfterThreeBatchesAsync(Database.WorkerConnectionString), Is.EqualTo(1));

    [Test]
    public async Task Nothing_is_prepared_behind_a_pooler_that_greets_as_another_process()
    {
        using var pooler = new PoolerGreeting(Database.WorkerConnectionString);

        Assert.That(await PreparedAfterThreeBatchesAsync(pooler.ConnectionString), Is.Zero);
    }

    private async Task<long> PreparedAfterThreeBatchesAsync(string connectionString)
    {
        // One connection, so that what was prepared can be asked for on it.
        await using var worker = NpgsqlDataSource.Create(
            new NpgsqlConnectionStringBuilder(connectionString) { MaxPoolSize = 1 }.ConnectionString);
        var queue = new ConversionQueue(worker, new Random(1), NullLogger<ConversionQueue>.Instance);
        await Database.EnqueueAsync(await Database.AddSiteAsync(), 3);
        for (var batch = 0; batch < 3; batch++)
        {
            var group = (await ClaimAsync(limit: 1, queue: queue)).Single();
            var counts = await queue.WriteBackAsync(
                group, [RetryPolicy.Apply(group.Jobs[0].Id, 0, UploadOutcome.Completed(), "order", jitter: 0)],
                CircuitSignal.Success, TimeSpan.Zero, TimeSpan.Zero, CancellationToken.None);
            Assert.That(counts.Completed, Is.EqualTo(1));
        }

        await using var command = worker.CreateCommand("select count(*) from pg_prepared_statements");
        return (long)(await command.ExecuteScalarAsync())!;
    }
}
