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

/// <summary>Request line and headers.</summary>
internal static class RequestHeads
{
    public static byte[] Make(Random random, string method, string target, string framing)
    {
        var line = $"{method} {target} {(random.Chance(97) ? "HTTP/1.1" : random.Pick("HTTP/1.0", "HTTP/2.0", "HTTP/9", "HTTP/1.1 ", "", "ICY"))}\r\n";
        var head = new StringBuilder(line)
            .Append(random.Chance(95) ? "Host: app.test\r\n" : random.Pick("", "Host: a\r\nHost: b\r\n", "Host: <>\r\n", "Host: \r\n"))
            .Append(Authorization(random))
            .Append("Connection: close\r\n")
            .Append(framing);
        for (var more = random.Pick(0, 0, 1, 2, 3); more > 0; more--)
            head.Append(Odd(random));
        return Encoding.UTF8.GetBytes(head.Append("\r\n").ToString());
    }

    private static string Authorization(Random random) => random.Chance(75)
        ? $"Authorization: Bearer {FuzzTarget.Secret}\r\n"
        : random.Pick(
            "", "", "Authorization: Bearer wrong\r\n", "Authorization: Bearer\r\n", "Authorization: \r\n", "Authorization: Basic eDp5\r\n",
            $"Authorization: bearer   {FuzzTarget.Secret}  \r\n", $"Authorization: {FuzzTarget.Secret}\r\n",
            $"Authorization: Bearer {FuzzTarget.Secret}\r\nAuthorization: Bearer {FuzzTarget.Secret}\r\n",
            $"Authorization: Bearer {FuzzTarget.Secret},x\r\n", $"Authorization: Bearer {new string('a', 20_000)}\r\n",
            $"Authorization: Bearer {new string('a', 40_000)}\r\n", "Authorization: Bearer 😀\r\n", "Authorization: Bearer a\0b\r\n");

    private static string Odd(Random random) => random.Chance(10) ? Malformed(random) : random.Pick(
        "Content-Type: application/json\r\n", "Content-Type: text/plain; charset=utf-16\r\n", "Content-Type: ;;;\r\n",
        "Content-Type: application/x-www-form-urlencoded\r\n", "Content-Type: multipart/form-data\r\n",
        "Content-Encoding: gzip\r\n", "Expect: 100-continue\r\n", "Expect: x\r\n", "Upgrade: websocket\r\n", "Upgrade: h2c\r\n",
        "traceparent: 00-bb2bd5eef54cb15a1506d0326d2489e7-d3f54c84c7034d76-00\r\n", "traceparent: x\r\n",
        $"traceparent: {new string('0', 5_000)}\r\n", "traceparent: 00-00000000000000000000000000000000-0000000000000000-01\r\n",
        "tracestate: \r\nbaggage: a=%zz,=,;\r\n", "Request-Id: |x.\r\n", "Expect: 100-continue\r\n", "X-Forwarded-For: 203.0.113.7\r\n", "X-HTTP-Method-Override: DELETE\r\n",
        "X-Original-URL: /\r\n", "Cookie: a=b; ;;=\r\n", "Accept: text/html\r\n",
        "Accept-Encoding: *;q=9\r\n", "Range: bytes=0-0\r\n", "If-None-Match: *\r\n");

    private static string Malformed(Random random) => random.Pick(
        "Bad Name: x\r\n", ": empty\r\n", "NoColon\r\n", "X-Folded: a\r\n b\r\n", "X-Bare: a\rb\r\n", $"X-Long: {new string('x', 9_000)}\r\n",
        string.Concat(Enumerable.Range(0, 120).Select(number => $"X-{number}: y\r\n")),
        $"X-Odd: {random.OddText(20).Replace("\r", "").Replace("\n", "")}\r\n");
}

/// <summary>The second word of the request line: a path, mostly the route's, and a query.</summary>
internal static class RequestTargets
{
    public static string Make(Random random, FuzzRoute route) => Path(random, route.Path) + Query(random, route);

    private static string Path(Random random, string path) => random.Chance(75) ? path : random.Pick(
        path.ToUpperInvariant(), path + "/", "/" + path, "//" + path, path.Replace("/", "%2F"), "/api/.." + path,
        path + "/..", path + "%00", path + "%", path + "%zz", path + "%ff%fe", path + ";x=1", path + "#x", path + "/😀",
        "http://elsewhere.test" + path, "*", "/", "", "x", "/" + new string('a', 3_000), "/" + new string('/', 500),
        "/api/" + Uri.EscapeDataString(random.OddText(30)));

    private static string Query(Random random, FuzzRoute route)
    {
        if (random.Chance(40))
            return "";
        var parameters = Enumerable.Range(0, random.Pick(1, 1, 1, 2, 3, random.Chance(5) ? 1_500 : 1))
            .Select(_ => Name(random, route) + (random.Chance(8) ? "" : "=" + Value(random)));
        return "?" + string.Join(random.Pick("&", "&", "&", ";", "&&"), parameters);
    }

    private static string Name(Random random, FuzzRoute route) =>
        route.Parameters.Length > 0 && random.Chance(85)
            ? random.Chance(90) ? random.Pick<string>(route.Parameters) : random.Pick<string>(route.Parameters).ToUpperInvariant()
            : random.Pick("limit", "x", "", "%", "%00", "limit%00", "limit[]", new string('n', 200), Uri.EscapeDataString(random.OddText(20)));

    private static string Value(Random random) => random.Pick(
        "1", "50", "google_ads", "15", "0", "-1", "+1", "10000", "10001", "2147483647", "2147483648", "9223372036854775808",
        new string('9', 400), "1.0", "1e3", "0x10", "NaN", "Infinity", "null", "true", "%D9%A5", "%20", "%2B5", "%00", "%ff", "%",
        "%zz", "'%20or%201=1--", "../../etc/passwd", "%F0%9F%98%80", "%ED%A0%80", "<script>", new string('v', 4_000),
        Uri.EscapeDataString(random.OddText(40)));
}
