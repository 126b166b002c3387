using System.Text;

namespace OpsMantik.Reliability.Fuzz.Requests;

/// <summary>Request line and headers.</summary>
internal static class Heads
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
