using System.Net.Sockets;

namespace OpsMantik.Reliability.Fuzz.Http;

/// <summary>Sends bytes as they are over a connection of their own, and reads what comes back.</summary>
internal static class RawClient
{
    // A hang is a finding; a slow machine is none.
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private const int MostOfAnswer = 1 << 20;

    /// <param name="break">Closes our side as soon as all is sent, as a caller who breaks off.</param>
    /// <exception cref="TimeoutException">Neither an answer nor an end came.</exception>
    public static async Task<IReadOnlyList<Answer>> SendAsync(
        Uri address, IEnumerable<ReadOnlyMemory<byte>> parts, bool @break, params IReadOnlyList<string> methods)
    {
        using var patience = new CancellationTokenSource(Patience);
        using var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        try
        {
            await socket.ConnectAsync(address.Host, address.Port, patience.Token);
            var write = WriteAsync(socket, parts, @break, patience.Token);
            var answers = await ReadAsync(socket, methods, patience.Token);
            socket.Close();
            await write;
            return answers;
        }
        catch (OperationCanceledException)
        {
            throw new TimeoutException($"no answer and no end within {Patience.TotalSeconds} s");
        }
    }

    private static async Task WriteAsync(
        Socket socket, IEnumerable<ReadOnlyMemory<byte>> parts, bool @break, CancellationToken cancellation)
    {
        try
        {
            foreach (var part in parts)
                await socket.SendAsync(part, cancellation);
            if (@break)
                socket.Shutdown(SocketShutdown.Send);
        }
        catch (Exception exception) when (exception is SocketException or ObjectDisposedException)
        {
            // The server has answered and closed: it may do so before it has all.
        }
    }

    private static async Task<IReadOnlyList<Answer>> ReadAsync(
        Socket socket, IReadOnlyList<string> methods, CancellationToken cancellation)
    {
        var buffer = new byte[MostOfAnswer];
        var length = 0;
        IReadOnlyList<Answer> answers = [];
        while (length < buffer.Length && answers.Count < methods.Count)
        {
            try
            {
                var read = await socket.ReceiveAsync(buffer.AsMemory(length), cancellation);
                if (read == 0)
                    break;
                length += read;
            }
            catch (SocketException)
            {
                // Reset: what came before counts.
                break;
            }

            answers = AnswerParser.Parse(buffer.AsSpan(0, length), methods);
        }

        return answers;
    }
}
