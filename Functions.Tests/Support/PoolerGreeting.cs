using System.Net.Sockets;

namespace OpsMantik.Functions.Tests.Support;

/// <summary>Passes everything on, except that its greeting (BackendKeyData) names a process of its own, as poolers do.</summary>
internal sealed class PoolerGreeting(string connectionString) : TcpProxy(connectionString)
{
    protected override async Task AnswerAsync(NetworkStream server, NetworkStream client)
    {
        var buffer = new byte[BufferSize];
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
