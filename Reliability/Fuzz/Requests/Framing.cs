using System.Text;

namespace OpsMantik.Reliability.Fuzz.Requests;

/// <summary>How a body says where it ends; truly, mostly.</summary>
internal static class Framing
{
    /// <returns>The headers that announce the body, the body as it is sent, and whether the caller breaks off.</returns>
    public static (string Headers, IReadOnlyList<ReadOnlyMemory<byte>> Parts, bool Breaks) Make(Random random, byte[] body)
    {
        if (random.Chance(60))
            return (body.Length == 0 && random.Chance(50) ? "" : Length(body.Length), [body], false);
        if (random.Chance(70))
            return (Chunked, Chunks(random, body), false);
        return random.Next(10) switch
        {
            0 => (Length(body.Length + random.Next(1, 100_000)), [body], true),
            1 => (Length(random.Next(body.Length + 1)), [body], false),
            2 => ($"Content-Length: {random.Pick("-1", "x", "", "1e3", "0x5", "99999999999999999999", "5, 5", "+5", " 5 5")}\r\n", [body], true),
            3 => (Length(body.Length) + Length(body.Length + 1), [body], true),
            4 => (Length(body.Length) + Chunked, Chunks(random, body), true),
            5 => (Length(random.Pick(65_537, 1 << 20, int.MaxValue)), [body], true),
            6 => ($"Transfer-Encoding: {random.Pick("gzip", "gzip, chunked", "chunked, gzip", "x", "", "CHUNKED")}\r\n", Chunks(random, body), true),
            7 => (Chunked, [.. Chunks(random, body).SkipLast(1)], true),
            8 => (Chunked, [Text(random.Pick("zz\r\n", "-1\r\nx\r\n", "FFFFFFFFFFFFFFFFF\r\n", "\r\n", "5\r\nabc\r\n0\r\n\r\n", "1;" + new string('e', 9_000) + "\r\nx\r\n0\r\n\r\n"))], true),
            _ => (Chunked, [.. Chunks(random, body).SkipLast(1), Text("0\r\nTrailer: x\r\nBad Trailer\r\n\r\n")], true),
        };
    }

    private const string Chunked = "Transfer-Encoding: chunked\r\n";

    private static string Length(long length) => $"Content-Length: {length}\r\n";

    private static List<ReadOnlyMemory<byte>> Chunks(Random random, byte[] body)
    {
        List<ReadOnlyMemory<byte>> parts = [];
        for (var sent = 0; sent < body.Length;)
        {
            var size = Math.Min(body.Length - sent, random.Pick(1, 7, 100, 5_000, 70_000));
            // Byte by byte is worth a try, but not for 64 KiB.
            size = Math.Max(size, body.Length / 50);
            size = Math.Min(size, body.Length - sent);
            parts.Add((byte[])[.. Text($"{size:x}\r\n").Span, .. body.AsSpan(sent, size), .. "\r\n"u8]);
            sent += size;
        }

        parts.Add(Text("0\r\n\r\n"));
        return parts;
    }

    private static ReadOnlyMemory<byte> Text(string text) => Encoding.ASCII.GetBytes(text);
}
