using System.Net;
using System.Net.Sockets;
using Npgsql;

namespace OpsMantik.Functions.Tests.Support;

/// <summary>Passes everything on, except that its greeting (BackendKeyData) names a process of its own, as poolers do.</summary>
internal sealed class PoolerGreeting : IDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly NpgsqlConnectionStringBuilder _target;

    public PoolerGreeting(string connectionString)
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
            _ = ServeAsync(await _listener.AcceptTcpClientAsync());
    }

    private async Task ServeAsync(TcpClient accepted)
    {
        using var client = accepted;
        using var server = new TcpClient(_target.Host!, _target.Port);
        await Task.WhenAny(
            client.GetStream().CopyToAsync(server.GetStream()), AnswerAsync(server.GetStream(), client.GetStream()));
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
