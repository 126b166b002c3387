using System.Text.Json;

namespace OpsMantik.Reliability.Fuzz.Requests;

/// <summary>JSON texts of every type, and some that are none.</summary>
internal static class JsonGarbage
{
    public static string Value(Random random, int depth) => random.Next(depth > 0 ? 9 : 6) switch
    {
        0 => random.Pick("null", "true", "false"),
        1 => random.Pick(
            "0", "-0", "1", "-1", "1.5", "1e3", "1E+400", "-1e-400", "9223372036854775807", "9223372036854775808",
            "-9223372036854775809", "2147483648", "0.1e1", new string('9', 500), "01", "+1", ".5", "NaN", "-Infinity", "0x1"),
        2 or 3 => JsonSerializer.Serialize(random.OddText(12)),
        4 => random.Pick(
            "\"\"", "\"\\u0000\"", "\"\\ud800\"", "\"\\udc00x\"", "\"\\uD83D\\uDE00\"", "\"\\x\"", "\"\\u12\"", "\"\n\"", "\"",
            $"\"{new string('x', 10_000)}\""),
        5 => random.Pick("{}", "[]", "", "//", "undefined", "'a'", "{,}", "[1,]", "{\"a\"}", "{\"a\":1,\"a\":2}"),
        6 => "[" + string.Join(",", Enumerable.Range(0, random.Next(5)).Select(_ => Value(random, depth - 1))) + "]",
        7 => new string('[', random.Pick(2, 10, 80)) + new string(']', random.Pick(2, 10, 80)),
        _ => "{" + string.Join(",", Enumerable.Range(0, random.Next(5)).Select(_ => $"{Name(random)}:{Value(random, depth - 1)}")) + "}",
    };

    public static string Name(Random random) => random.Chance(20)
        ? random.Pick("\"\"", "\"\\ud800\"", "\"\\u0000\"", "a", "1")
        : JsonSerializer.Serialize(random.Chance(50) ? random.OddText(5) : random.Pick("Data", "timer", "site_id", "credentials", "x"));
}
