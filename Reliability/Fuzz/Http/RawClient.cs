using System.Globalization;
using System.Net.Sockets;
using System.Text;

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

/// <summary>An HTTP answer as it came over the wire.</summary>
/// <param name="Headers">Names in lower case.</param>
internal sealed record Answer(int Status, IReadOnlyDictionary<string, string> Headers, string Text)
{
    /// <summary>Status line, headers and body: everything that could tell too much.</summary>
    public string Everything => string.Join('\n', Headers.Select(header => $"{header.Key}: {header.Value}").Append(Text));
}

/// <summary>Reads the answers of one connection; strictly, as what it reads was written by the app under test.</summary>
internal static class AnswerParser
{
    private static readonly byte[] HeadEnd = "\r\n\r\n"u8.ToArray();

    /// <param name="methods">Of the requests, in order: the answer to HEAD has no body.</param>
    /// <returns>The answers that are complete; interim ones (1xx) are left out.</returns>
    /// <exception cref="FormatException">What is there is no HTTP.</exception>
    public static IReadOnlyList<Answer> Parse(ReadOnlySpan<byte> bytes, params IReadOnlyList<string> methods)
    {
        List<Answer> answers = [];
        while (bytes.IndexOf(HeadEnd) is var end and >= 0)
        {
            var lines = Encoding.Latin1.GetString(bytes[..end]).Split("\r\n");
            if (!lines[0].StartsWith("HTTP/1.1 ", StringComparison.Ordinal)
                || !int.TryParse(lines[0].AsSpan(9, 3), NumberStyles.None, CultureInfo.InvariantCulture, out var status))
                throw new FormatException($"no status line: {lines[0]}");
            var headers = lines.Skip(1)
                .Select(line => line.Split(':', 2))
                .ToDictionary(parts => parts[0].ToLowerInvariant(), parts => parts[1].Trim());
            bytes = bytes[(end + HeadEnd.Length)..];
            if (status < 200)
                continue;

            var isHead = methods.ElementAtOrDefault(answers.Count) == "HEAD";
            var length = isHead ? 0 : int.Parse(headers.GetValueOrDefault("content-length", "0"), CultureInfo.InvariantCulture);
            if (bytes.Length < length)
                break;
            answers.Add(new Answer(status, headers, Encoding.UTF8.GetString(bytes[..length])));
            bytes = bytes[length..];
        }

        return answers;
    }
}
