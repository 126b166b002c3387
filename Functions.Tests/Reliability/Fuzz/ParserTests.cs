using System.Text;
using System.Text.Json;
using CsCheck;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Primitives;
using OpsMantik.Core;
using OpsMantik.Core.Providers;
using OpsMantik.Functions.Tests.Providers.DataManager;
using OpsMantik.Functions.Tests.Providers.GoogleAds;
using OpsMantik.Functions.Tests.Queue;
using OpsMantik.Reliability.Fuzz.Requests;
using OpsMantik.Web.Endpoints;

namespace OpsMantik.Functions.Tests.Reliability.Fuzz;

/// <summary>Parsers of what others wrote: their documented outcome for anything, and never an exception.</summary>
internal sealed class ParserTests
{
    private const string Payload =
        """
        {"conversion_time":"2026-11-21T12:00:00+03:00","value_cents":99,"currency":"EUR","order_id":"A-1",
         "click_ids":{"gclid":"g","gbraid":"b"},"consent":{"ad_user_data":"DENIED","adPersonalization":"GRANTED"}}
        """;

    [Test]
    public void A_body_is_a_readable_object_or_nothing() =>
        Gen.Int.Sample(seed =>
        {
            using var json = StrictJson.ParseObject(NearMisses.Of(seed, Payload, RandomJson.Value(new Random(seed), 4)));
            if (json is not null)
                ReadAll(json.RootElement);
        }, iter: 5_000);

    [Test]
    public void A_payload_gives_a_conversion_or_a_reason() =>
        Gen.Int.Sample(seed =>
        {
            var text = Encoding.UTF8.GetString(NearMisses.Of(seed, Payload, RandomJson.Value(new Random(seed), 4)));

            var (conversion, fault, _) = Jobs.Reader.Read(Jobs.One(text));

            Assert.That(conversion is not null || fault is not null);
            Assert.That(fault is null or { SpendsAttempt: false, MayHaveBeenSent: false });
            Assert.That(fault?.Message?.Length ?? 0, Is.LessThan(200), "names the field, never its value");
            if (conversion is not null)
                ConversionRules.FindFault(conversion);
        }, iter: 5_000);

    [Test]
    public void A_parameter_is_in_range_or_a_fault() =>
        Gen.Select(Gen.String, Gen.String, Gen.Int[0, 3]).Sample((name, value, times) =>
        {
            var query = new QueryReader(new QueryCollection(new Dictionary<string, StringValues>(StringComparer.OrdinalIgnoreCase)
            {
                ["limit"] = new([.. Enumerable.Repeat(value, times)]),
                [name] = value,
            }));

            var limit = query.ReadInteger("limit", 1, 10, 5);
            var choice = query.ReadChoice("key", ["a", "b"]);
            var fault = query.FindFault();

            Assert.That(limit, Is.InRange(1, 10));
            Assert.That(fault is not null || choice is null or "a" or "b");
            Assert.That(fault?.Length ?? 0, Is.LessThan(200));
        }, iter: 5_000);

    [Test]
    public void Sealed_credentials_are_valid_or_at_fault() =>
        Gen.Int.Sample(seed =>
        {
            using var fixture = new GoogleAdsFixture();
            var account = JsonSerializer.Serialize(new { client_email = "e", private_key = "CANARY-k", project_id = "p" });
            var texts = NearMisses.Of(
                seed,
                GoogleAdsFixture.CredentialJson,
                DataManagerFixture.CredentialJson,
                $$"""{"upload_api":"data_manager","customer_id":"1234567890","conversion_action_id":"4","service_account":{{account}}}""",
                $$"""{"upload_api":"data_manager","customer_id":"1234567890","conversion_action_id":"4","service_account":{{JsonSerializer.Serialize(account)}}}""");
            try
            {
                using var json = UnicodeJson.Parse(texts);
                Assert.That(fixture.Provider.FindFault(json.RootElement)?.Contains("CANARY"), Is.Not.True);
            }
            catch (JsonException)
            {
                // The documented outcome for what is no readable JSON.
            }
        }, iter: 1_000, threads: 1);

    private static void ReadAll(JsonElement element)
    {
        switch (element.ValueKind)
        {
            case JsonValueKind.Object:
                foreach (var member in element.EnumerateObject())
                {
                    _ = member.Name;
                    ReadAll(member.Value);
                }

                break;
            case JsonValueKind.Array:
                foreach (var item in element.EnumerateArray())
                    ReadAll(item);
                break;
            case JsonValueKind.String:
                element.GetString();
                break;
        }
    }
}
