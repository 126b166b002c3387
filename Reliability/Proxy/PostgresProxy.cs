using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using Npgsql;

namespace OpsMantik.Reliability.Proxy;

/// <summary>
/// A TCP proxy before PostgreSQL that can delay, swallow and cut, and that reads enough of the protocol to hold one
/// statement before it runs, before it commits or before its answer arrives.
/// </summary>
internal sealed class PostgresProxy : IAsyncDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly IPEndPoint _server;
    private readonly CancellationTokenSource _stopping = new();
    private readonly ConcurrentDictionary<ProxyConnection, Task> _connections = [];
    private readonly Task _accepting;
    private volatile Trap[] _traps = [];

    /// <param name="connectionString">Of the server, by address and without TLS, which the proxy could not read.</param>
    public PostgresProxy(string connectionString)
    {
        var server = new NpgsqlConnectionStringBuilder(connectionString);
        _server = new IPEndPoint(IPAddress.Parse(server.Host!), server.Port);
        _listener.Start();
        server.Port = ((IPEndPoint)_listener.LocalEndpoint).Port;
        ConnectionString = server.ConnectionString;
        _accepting = AcceptAsync();
    }

    /// <summary>The same, through this proxy.</summary>
    public string ConnectionString { get; }

    /// <summary>How late every message passes, each way.</summary>
    public TimeSpan Delay { get; set; }

    /// <summary>Nothing passes while it is true, and nothing breaks either.</summary>
    public bool Silent { get; set; }

    public Trap Set(string text, TrapKind kind)
    {
        var trap = new Trap(text, kind);
        _traps = [.. _traps, trap];
        return trap;
    }

    /// <summary>Breaks every connection, as a failing network does.</summary>
    public void CutAll()
    {
        foreach (var connection in _connections.Keys)
        {
            try
            {
                connection.Close();
            }
            catch (ObjectDisposedException)
            {
                // It ended by itself at this moment.
            }
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _stopping.CancelAsync();
        _listener.Stop();
        CutAll();
        await _accepting;
        await Task.WhenAll(_connections.Values);
        _stopping.Dispose();
    }

    internal Trap? FindTrap(ReadOnlySpan<byte> message)
    {
        foreach (var trap in _traps)
        {
            if (trap.Takes(message))
                return trap;
        }

        return null;
    }

    internal async Task PassAsync(CancellationToken closed)
    {
        while (Silent)
            await Task.Delay(20, closed);
        if (Delay > TimeSpan.Zero)
            await Task.Delay(Delay, closed);
    }

    private async Task AcceptAsync()
    {
        try
        {
            while (true)
            {
                var client = await _listener.AcceptSocketAsync(_stopping.Token);
                var connection = new ProxyConnection(this, client, _stopping.Token);
                _connections[connection] = RunAsync(connection);
            }
        }
        catch (Exception error) when (error is OperationCanceledException or SocketException or ObjectDisposedException)
        {
            // The proxy stops.
        }
    }

    private async Task RunAsync(ProxyConnection connection)
    {
        // The entry must be there before it is taken away.
        await Task.Yield();
        using (connection)
        {
            await connection.RunAsync(_server);
            _connections.TryRemove(connection, out _);
        }
    }
}
