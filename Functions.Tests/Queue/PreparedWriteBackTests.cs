using System.Net;
using System.Net.Sockets;
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
        using var pooler = new Greeter(Database.WorkerConnectionString);

        Assert.That(await PreparedAfterThreeBatchesAsync(pooler.ConnectionString), Is.Zero);
    }

    private async Task<long> PreparedAfterThreeBatchesAsync(string connectionString)
    {
        // One connection, so that what was prepared can be asked for on it.
        await using var worker = NpgsqlDataSource.Create(
            new NpgsqlConnectionStringBuilder(connectionString) { MaxPoolSize = 1 }.ConnectionString);
        var queue = new ConversionQueue(worker, new Random(1));
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

    /// <summary>Passes everything on, except that its greeting (BackendKeyData) names a process of its own, as poolers do.</summary>
    private sealed class Greeter : IDisposable
    {
        private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
        private readonly NpgsqlConnectionStringBuilder _target;

        public Greeter(string connectionString)
        {
            _target = new NpgsqlConnectionStringBuilder(connectionString);
            _listener.Start();
            _ = AcceptAsync();
        }

        public string ConnectionString => new NpgsqlConnectionStringBuilder(_target.ConnectionString)
        {
            Port = ((IPEndPoint)_listener.LocalEndpoint).Port,
        }.ConnectionString;

        public void Dispose() => _listener.Dispose();

        private async Task AcceptAsync()
        {
            while (true)
            {
                using var client = await _listener.AcceptTcpClientAsync();
                using var server = new TcpClient(_target.Host!, _target.Port);
                await Task.WhenAny(
                    client.GetStream().CopyToAsync(server.GetStream()), AnswerAsync(server.GetStream(), client.GetStream()));
            }
        }

        private static async Task AnswerAsync(NetworkStream server, NetworkStream client)
        {
            var buffer = new byte[64 << 10];
            for (var greeted = false; await server.ReadAsync(buffer) is > 0 and var count;)
            {
                // K, the length of 12, then the process.
                var key = buffer.AsSpan(0, count).IndexOf((ReadOnlySpan<byte>)[(byte)'K', 0, 0, 0, 12]);
                if (!greeted && key >= 0)
                {
                    greeted = true;
                    buffer[key + 8] ^= 1;
                }

                await client.WriteAsync(buffer.AsMemory(0, count));
            }
        }
    }
}
