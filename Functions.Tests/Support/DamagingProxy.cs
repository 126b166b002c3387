using System.Net.Sockets;

namespace OpsMantik.Functions.Tests.Support;

/// <summary>Passes everything on between a client and the server, but for what it does to a connection that has sent 300 kB.</summary>
internal sealed class DamagingProxy(string connectionString, Damage damage) : TcpProxy(connectionString)
{
    private const int Large = 300_000;

    protected override async Task SendAsync(NetworkStream client, NetworkStream server)
    {
        var buffer = new byte[BufferSize];
        var sent = 0;
        for (var struck = false; await client.ReadAsync(buffer) is > 0 and var count;)
        {
            sent += count;
            if (sent > Large && !struck)
            {
                switch (damage)
                {
                    case Damage.Drop:
                        return;
                    case Damage.Hang:
                        await Task.Delay(Timeout.Infinite);
                        break;
                    case Damage.Flip when buffer.AsSpan(0, count).IndexOf("xxxx"u8) is >= 0 and var place:
                        buffer[place] ^= 1;
                        struck = true;
                        break;
                }
            }

            await server.WriteAsync(buffer.AsMemory(0, count));
        }
    }
}

internal enum Damage
{
    /// <summary>A letter of a text becomes another.</summary>
    Flip,
    Drop,
    Hang,
}
