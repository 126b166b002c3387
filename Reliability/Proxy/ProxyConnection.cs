using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;

namespace OpsMantik.Reliability.Proxy;

/// <summary>One client's connection, message by message. Protocol: type, length of the rest, body; the first has no type.</summary>
internal sealed class ProxyConnection(PostgresProxy proxy, Socket client, CancellationToken stopping)
    : IDisposable
{
    private const byte Parse = (byte)'P';
    private const byte Query = (byte)'Q';
    private const byte Sync = (byte)'S';
    private const byte CommandComplete = (byte)'C';
    private const byte ErrorResponse = (byte)'E';
    private const byte ReadyForQuery = (byte)'Z';

    // Makes the server send what it has, without ending the transaction as a Sync would.
    private static readonly byte[] Flush = [(byte)'H', 0, 0, 0, 4];

    private readonly CancellationTokenSource _closed = CancellationTokenSource.CreateLinkedTokenSource(stopping);
    private readonly Socket _server = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
    private volatile Breakpoint? _held;
    private volatile TaskCompletionSource? _executed;
    // Round trips begun and ended, the greeting being the first. The driver may send one ahead of a statement in the same
    // breath (DISCARD ALL): its end is not the statement's.
    private int _asked = 1;
    private int _answered;
    private int _askedBefore;

    /// <summary>Ends with the connection, whoever ended it.</summary>
    public async Task RunAsync(IPEndPoint server)
    {
        try
        {
            client.NoDelay = _server.NoDelay = true;
            await _server.ConnectAsync(server, _closed.Token);
            await using var near = new NetworkStream(client);
            await using var far = new NetworkStream(_server);
            var (forward, back) = (ForwardAsync(near, far), ReturnAsync(far, near));
            await Task.WhenAny(forward, back);
            Close();
            await Task.WhenAll(forward, back);
        }
        catch (Exception error)
            when (error is IOException or SocketException or OperationCanceledException or ObjectDisposedException)
        {
            // The server is away, or somebody cut: the client sees its connection break.
        }

        Close();
    }

    public void Close()
    {
        _closed.Cancel();
        client.Dispose();
        _server.Dispose();
    }

    public void Dispose()
    {
        client.Dispose();
        _server.Dispose();
        _closed.Dispose();
    }

    private async Task ForwardAsync(Stream from, Stream to)
    {
        await CopyStartAsync(from, to);
        while (await ReadAsync(from) is { } message)
        {
            await proxy.PassAsync(_closed.Token);
            if (message[0] is Parse or Query && _held is null && proxy.FindTrap(message) is { } breakpoint)
            {
                Volatile.Write(ref _askedBefore, _asked);
                if (breakpoint.Kind == BreakpointKind.BeforeStatement)
                    await breakpoint.HoldAsync(_closed.Token);
                else
                    _held = breakpoint;
            }

            if (message[0] == Sync && _held is { Kind: BreakpointKind.BeforeCommit } held)
                await HoldCommitAsync(held, to);
            if (message[0] is Sync or Query)
                Interlocked.Increment(ref _asked);
            await to.WriteAsync(message, _closed.Token);
        }
    }

    private async Task HoldCommitAsync(Breakpoint breakpoint, Stream to)
    {
        var executed = _executed = new(TaskCreationOptions.RunContinuationsAsynchronously);
        await to.WriteAsync(Flush, _closed.Token);
        await executed.Task.WaitAsync(_closed.Token);
        await breakpoint.HoldAsync(_closed.Token);
        // What was withheld goes out with the answer to the Sync.
        (_held, _executed) = (null, null);
    }

    private async Task ReturnAsync(Stream from, Stream to)
    {
        List<byte[]> withheld = [];
        while (await ReadAsync(from) is { } message)
        {
            await proxy.PassAsync(_closed.Token);
            var earlier = Volatile.Read(ref _answered) < Volatile.Read(ref _askedBefore);
            if (message[0] == ReadyForQuery)
                Interlocked.Increment(ref _answered);
            if (!earlier && (message[0] is CommandComplete or ErrorResponse))
                _executed?.TrySetResult();
            withheld.Add(message);
            if (!earlier && _held is { Kind: BreakpointKind.BeforeCommit })
                continue;
            if (!earlier && _held is { Kind: BreakpointKind.BeforeAnswer } held)
            {
                // The server is ready for the next only when it has committed.
                if (message[0] != ReadyForQuery)
                    continue;
                await held.HoldAsync(_closed.Token);
                _held = null;
            }

            foreach (var one in withheld)
                await to.WriteAsync(one, _closed.Token);
            withheld.Clear();
        }
    }

    private async Task CopyStartAsync(Stream from, Stream to)
    {
        var length = new byte[4];
        await from.ReadExactlyAsync(length, _closed.Token);
        var rest = new byte[BinaryPrimitives.ReadInt32BigEndian(length) - 4];
        await from.ReadExactlyAsync(rest, _closed.Token);
        await proxy.PassAsync(_closed.Token);
        await to.WriteAsync(length, _closed.Token);
        await to.WriteAsync(rest, _closed.Token);
    }

    /// <summary>The next message, header included; null at the end.</summary>
    private async Task<byte[]?> ReadAsync(Stream from)
    {
        var header = new byte[5];
        if (await from.ReadAtLeastAsync(header, header.Length, throwOnEndOfStream: false, _closed.Token) < header.Length)
            return null;
        var message = new byte[1 + BinaryPrimitives.ReadInt32BigEndian(header.AsSpan(1))];
        header.CopyTo(message, 0);
        await from.ReadExactlyAsync(message.AsMemory(header.Length), _closed.Token);
        return message;
    }
}
