using System.Net.Http.Json;
using System.Text.Json.Nodes;

namespace OpsMantik.Functions.Tests.Local.GoogleEmulator.GoogleAds;

public class UserIdentifierTests : EmulatorFixture
{
    private const string Telephone = "+905321234567";

    [Test]
    public async Task Hashes_are_taken_beside_a_click_id_and_repeated_in_the_result()
    {
        var (_, json) = await UploadAsync(Row(1, "userIdentifiers", List(Email('a'), Phone('b'))));

        Assert.That(Summaries(json), Is.Empty);
        Assert.That(json["results"]![0]!["userIdentifiers"]!.ToJsonString(), Is.EqualTo(
            $$"""[{"hashedEmail":"{{Hash('a')}}"},{"hashedPhoneNumber":"{{Hash('b')}}"}]"""));
        var taken = Emulator.Accepted.Single();
        Assert.That((taken.ClickIdKind, taken.ClickIdValue, taken.UserIdentifiers), Is.EqualTo(("gclid", "click-1", 2)));
    }

    [Test]
    public async Task Hashes_alone_are_taken_and_recognised_again()
    {
        JsonObject Alone(int number)
        {
            var row = Row(number, "userIdentifiers", List(Email('a')));
            row.Remove("gclid");
            return row;
        }

        await UploadAsync(Alone(1));
        var (_, again) = await UploadAsync(Alone(2));

        Assert.That(Emulator.Accepted.Single().ClickIdKind, Is.Null);
        Assert.That(Summaries(again), Is.EqualTo(
            ["conversionUploadError/CLICK_CONVERSION_ALREADY_EXISTS at conversions[0].user_identifiers"]));
    }

    [TestCase("hashedPhoneNumber", Telephone)]
    [TestCase("hashedEmail", "someone@example.com")]
    [TestCase("hashedEmail", "")]
    [TestCase("hashedEmail", "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA")]
    [TestCase("hashedEmail", "gggggggggggggggggggggggggggggggggggggggggggggggggggggggggggggggg")]
    [TestCase("hashedEmail", "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa")]
    public async Task What_is_no_hash_is_refused_and_not_repeated(string field, string value)
    {
        var (_, json) = await UploadAsync(
            Row(1, "userIdentifiers", List(Email('a'), new JsonObject { [field] = value })));

        Assert.That(Summaries(json), Is.EqualTo(
            ["conversionUploadError/INVALID_USER_IDENTIFIER at conversions[0].user_identifiers[1]"]));
        Assert.That(json.ToJsonString(), value.Length == 0 ? Does.Contain("[{}]") : Does.Not.Contain(value));
        Assert.That(Emulator.EffectCount, Is.Zero);
    }

    [Test]
    public async Task An_identifier_holds_exactly_one_value()
    {
        var both = Email('a');
        both["hashedPhoneNumber"] = Hash('b');

        var (_, json) = await UploadAsync(Row(1, "userIdentifiers", List(new JsonObject(), both)));

        Assert.That(Summaries(json), Is.EqualTo(new[]
        {
            "conversionUploadError/INVALID_USER_IDENTIFIER at conversions[0].user_identifiers[0]",
            "conversionUploadError/INVALID_USER_IDENTIFIER at conversions[0].user_identifiers[1]",
        }));
    }

    [TestCase("""{"addressInfo":{"hashedFirstName":"x"}}""")]
    [TestCase("""{"mobileId":"x"}""")]
    [TestCase("""{"thirdPartyUserId":"x"}""")]
    public async Task Other_identifiers_are_not_supported(string identifier)
    {
        var (_, json) = await UploadAsync(Row(1, "userIdentifiers", List(JsonNode.Parse(identifier)!.AsObject())));

        Assert.That(Summaries(json), Is.EqualTo(
            ["conversionUploadError/UNSUPPORTED_USER_IDENTIFIER at conversions[0].user_identifiers[0]"]));
    }

    [TestCase(5, new string[0])]
    [TestCase(6, new[] { "collectionSizeError/TOO_MANY at conversions[0].user_identifiers" })]
    public async Task Five_identifiers_are_the_most(int count, string[] expected)
    {
        var (_, json) = await UploadAsync(Row(
            1, "userIdentifiers", List([.. Enumerable.Range(0, count).Select(i => Email((char)('a' + i)))])));

        Assert.That(Summaries(json), Is.EqualTo(expected));
    }

    [Test]
    public async Task An_account_without_the_switch_refuses_the_rows_with_identifiers_alone()
    {
        const string Code = "CUSTOMER_NOT_ENABLED_ENHANCED_CONVERSIONS_FOR_LEADS";
        using var told = await Http.PostAsJsonAsync("/emulator/identifiers", new { customerId = Customer, code = Code });

        var (_, json) = await UploadAsync(Row(0), Row(1, "userIdentifiers", List(Email('a'))));
        var (_, other) = await PostUploadAsync(Request(Row(2, "userIdentifiers", List(Email('a')))), customer: "1111111111");

        Assert.That(Summaries(json), Is.EqualTo([$"conversionUploadError/{Code} at conversions[1].user_identifiers"]));
        Assert.That(Summaries(other), Is.Empty);
    }

    private static JsonArray List(params JsonObject[] identifiers) => new([.. identifiers]);

    private static JsonObject Email(char digit) => new() { ["hashedEmail"] = Hash(digit) };

    private static JsonObject Phone(char digit) => new() { ["hashedPhoneNumber"] = Hash(digit) };

    private static string Hash(char digit) => new(digit, 64);
}
