using System.Net;
using System.Net.Sockets;
using Npgsql;

namespace OpsMantik.Functions.Tests.Support;

/// <summary>Passes everything on between a client and the server, but for what it does to a connection that has sent 300 kB.</summary>
internal sealed class DamagingProxy : IDisposable
{
    private const int Large = 300_000;

    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly NpgsqlConnectionStringBuilder _target;
    private readonly Damage _damage;

    public DamagingProxy(string connectionString, Damage damage)
    {
        _target = new NpgsqlConnectionStringBuilder(connectionString);
        _damage = damage;
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
        await Task.WhenAny(SendAsync(client.GetStream(), server.GetStream()), server.GetStream().CopyToAsync(client.GetStream()));
    }

    private async Task SendAsync(NetworkStream client, NetworkStream server)
    {
        var buffer = new byte[64 << 10];
        var sent = 0;
        for (var struck = false; await client.ReadAsync(buffer) is > 0 and var count;)
        {
            sent += count;
            if (sent > Large && !struck)
            {
                switch (_damage)
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
