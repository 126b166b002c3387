using System.Text;
using System.Text.Json;

namespace OpsMantik.Reliability.Fuzz.Requests;

/// <summary>Bodies: what the route expects, that with a fault, and whatever else people send.</summary>
internal static class Bodies
{
    public static byte[] Make(Random random, FuzzRoute route, IReadOnlyList<Guid> sites)
    {
        if (route != FuzzRoute.Seed && random.Chance(50))
            return [];
        var body = random.Next(10) switch
        {
            0 => Encoding.UTF8.GetBytes(RandomJson.Value(random, 4)),
            1 => Sized(random),
            _ => SeedBodies.Make(random, sites),
        };
        return random.Next(12) switch
        {
            0 => Mutations.Of(random, body),
            1 => [0xEF, 0xBB, 0xBF, .. body],
            2 => Encoding.Unicode.GetBytes(Encoding.UTF8.GetString(body)),
            _ => body,
        };
    }

    private static byte[] Sized(Random random) => random.Next(4) switch
    {
        0 => random.Bytes(random.Pick(1, 1_000, 65_536, 65_537, 200_000)),
        1 => [.. Enumerable.Repeat((byte)'[', random.Pick(7, 8, 9, 64, 65, 60_000))],
        2 => Encoding.ASCII.GetBytes($"{{\"x\":\"{new string('a', random.Pick(65_000, 65_526, 65_528, 65_529, 100_000))}\"}}"),
        _ => [.. Enumerable.Repeat((byte)' ', random.Pick(65_535, 65_536, 65_537, 1_500_000))],
    };
}

/// <summary>JSON texts of every type, and some that are none.</summary>
internal static class RandomJson
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

/// <summary>Seed requests: good ones of both ways, and such with one or more fields at fault.</summary>
internal static class SeedBodies
{
    // Made once for this fuzzer; it opens nothing anywhere.
    private static readonly string PrivateKey = CreateKey();

    public static byte[] Make(Random random, IReadOnlyList<Guid> sites)
    {
        var credentials = Credentials(random);
        for (var faults = random.Pick(0, 0, 1, 1, 2); faults > 0; faults--)
            credentials[random.Pick<string>([.. credentials.Keys, "upload_api", "login_customer_id", "service_account", "x"])] = Fault(random);
        var fields = new List<string>
        {
            $"\"site_id\":{(random.Chance(85) ? $"\"{random.Pick<Guid>([.. sites])}\"" : random.Chance(30) ? $"\"{new Guid(random.Bytes(16))}\"" : Fault(random))}",
            $"\"provider_key\":{(random.Chance(92) ? "\"google_ads\"" : Fault(random))}",
            $"\"credentials\":{(random.Chance(95) ? Join(credentials) : Fault(random))}",
        };
        if (random.Chance(5))
            fields.Add(random.Pick<string>([.. fields, $"{RandomJson.Name(random)}:1"]));
        if (random.Chance(3))
            fields.RemoveAt(random.Next(fields.Count));
        return Encoding.UTF8.GetBytes($"{{{string.Join(",", fields)}}}");
    }

    private static Dictionary<string, string> Credentials(Random random)
    {
        var customer = random.Next(1_000_000_000, int.MaxValue);
        var credentials = new Dictionary<string, string>
        {
            ["customer_id"] = $"\"{customer}\"",
            ["conversion_action_resource_name"] = $"\"customers/{customer}/conversionActions/456\"",
        };
        if (random.Chance(35))
        {
            credentials["upload_api"] = "\"data_manager\"";
            credentials["service_account"] = ServiceAccount(random);
            return credentials;
        }

        credentials["developer_token"] = "\"CANARY-developer\"";
        credentials["client_id"] = "\"CANARY-client\"";
        credentials["client_secret"] = "\"CANARY-secret\"";
        credentials["refresh_token"] = "\"CANARY-refresh\"";
        if (random.Chance(40))
            credentials["upload_api"] = random.Pick("\"google_ads\"", "\"data_manager\"");
        return credentials;
    }

    private static string ServiceAccount(Random random)
    {
        var account = new Dictionary<string, string>
        {
            ["type"] = "\"service_account\"",
            ["project_id"] = "\"fuzz\"",
            ["client_email"] = "\"fuzz@example.test\"",
            ["private_key"] = JsonSerializer.Serialize(PrivateKey),
        };
        if (random.Chance(50))
            account[random.Pick<string>([.. account.Keys, "token_uri"])] = Fault(random);
        // Google's file, or its text in a field.
        return random.Chance(50) ? Join(account) : JsonSerializer.Serialize(Join(account));
    }

    private static string Fault(Random random) => random.Pick(
        "\"\\ud800\"", "null", "\"\"", "\" \"", "7", "[]", "{}", "\"\\ud800\"", "\"\\u0000\"", "\"a\\nb\"", "\"123-456-7890\"", "\"12345\"",
        "\"data_manager\"", "\"meta_ads\"", $"\"{new string('k', 20_000)}\"", JsonSerializer.Serialize(random.OddText(30)),
        RandomJson.Value(random, 2));

    private static string Join(Dictionary<string, string> fields) =>
        $"{{{string.Join(",", fields.Select(field => $"\"{field.Key}\":{field.Value}"))}}}";

    private static string CreateKey()
    {
        using var key = System.Security.Cryptography.RSA.Create(2048);
        return key.ExportPkcs8PrivateKeyPem();
    }
}
