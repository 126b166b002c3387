namespace OpsMantik.Reliability.Fuzz.Requests;

/// <summary>The second word of the request line: a path, mostly the route's, and a query.</summary>
internal static class Targets
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
