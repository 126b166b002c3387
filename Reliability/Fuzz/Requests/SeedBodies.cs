using System.Text;
using System.Text.Json;

namespace OpsMantik.Reliability.Fuzz.Requests;

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
            fields.Add(random.Pick<string>([.. fields, $"{JsonGarbage.Name(random)}:1"]));
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
        JsonGarbage.Value(random, 2));

    private static string Join(Dictionary<string, string> fields) =>
        $"{{{string.Join(",", fields.Select(field => $"\"{field.Key}\":{field.Value}"))}}}";

    private static string CreateKey()
    {
        using var key = System.Security.Cryptography.RSA.Create(2048);
        return key.ExportPkcs8PrivateKeyPem();
    }
}
