using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using System.Text;
using Npgsql;

namespace OpsMantik.Reliability.Proxy;

/// <summary>
/// A TCP proxy before PostgreSQL that can delay, swallow and cut, and that reads enough of the protocol to hold one
/// statement before it runs, before it commits or before its answer arrives.
/// </summary>
internal sealed class PostgresProxy : IAsyncDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private volatile IPEndPoint _server;
    private readonly CancellationTokenSource _stopping = new();
    private readonly ConcurrentDictionary<ProxyConnection, Task> _connections = [];
    private readonly Task _accepting;
    private volatile Breakpoint[] _breakpoints = [];

    /// <param name="connectionString">Of the server, by address and without TLS, which the proxy could not read.</param>
    public PostgresProxy(string connectionString)
    {
        _server = AddressOf(connectionString);
        _listener.Start();
        Port = ((IPEndPoint)_listener.LocalEndpoint).Port;
        ConnectionString = new NpgsqlConnectionStringBuilder(connectionString) { Port = Port }.ConnectionString;
        _accepting = AcceptAsync();
    }

    /// <summary>The same, through this proxy.</summary>
    public string ConnectionString { get; }

    public int Port { get; }

    /// <summary>How late every message passes, each way.</summary>
    public TimeSpan Delay { get; set; }

    /// <summary>Nothing passes while it is true, and nothing breaks either.</summary>
    public bool Silent { get; set; }

    public Breakpoint Set(string text, BreakpointKind kind)
    {
        var breakpoint = new Breakpoint(text, kind);
        _breakpoints = [.. _breakpoints, breakpoint];
        return breakpoint;
    }

    /// <summary>From here on new connections lead to another server, as after a failover.</summary>
    public void PointAt(string connectionString) => _server = AddressOf(connectionString);

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

    internal Breakpoint? FindTrap(ReadOnlySpan<byte> message)
    {
        foreach (var breakpoint in _breakpoints)
        {
            if (breakpoint.Takes(message))
                return breakpoint;
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

    private static IPEndPoint AddressOf(string connectionString)
    {
        var server = new NpgsqlConnectionStringBuilder(connectionString);
        return new IPEndPoint(IPAddress.Parse(server.Host!), server.Port);
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

/// <summary>Catches the next statement that has a certain text, once, and holds it at a certain point.</summary>
internal sealed class Breakpoint(string text, BreakpointKind kind)
{
    private readonly byte[] _text = Encoding.UTF8.GetBytes(text);
    private readonly TaskCompletionSource _reached = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource<bool> _verdict = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private bool _taken;

    public BreakpointKind Kind => kind;

    /// <summary>Done when the statement is held, exactly at the point.</summary>
    public Task Reached => _reached.Task;

    /// <summary>Lets it go on.</summary>
    public void Open() => _verdict.TrySetResult(true);

    /// <summary>Breaks the connection instead: what is held goes to nobody.</summary>
    public void Drop() => _verdict.TrySetResult(false);

    /// <summary>Whether this is the statement; true once.</summary>
    public bool Takes(ReadOnlySpan<byte> message) =>
        message.IndexOf(_text) >= 0 && !Interlocked.Exchange(ref _taken, true);

    /// <summary>The statement is at the point: waits for the decision.</summary>
    /// <exception cref="IOException">The connection is to break.</exception>
    public async Task HoldAsync(CancellationToken closed)
    {
        _reached.TrySetResult();
        if (!await _verdict.Task.WaitAsync(closed))
            throw new IOException("The trap drops the connection.");
    }
}

/// <summary>Where a statement is held; nothing goes on until the breakpoint is opened or the connection dropped.</summary>
internal enum BreakpointKind
{
    /// <summary>Sent by the worker, not yet seen by the server.</summary>
    BeforeStatement,

    /// <summary>Executed, its transaction not yet committed: the server waits for the end of the message.</summary>
    BeforeCommit,

    /// <summary>Committed and answered; the worker has not seen the answer.</summary>
    BeforeAnswer,
}
