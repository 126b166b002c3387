using System.Security.Cryptography;
using System.Text;
using OpsMantik.Cli.Sales;
using OpsMantik.Functions.Tests.Queue;

namespace OpsMantik.Functions.Tests.FieldReports;

/// <summary>Reports of hashed addresses and telephone numbers, and of consent.</summary>
public class PersonReportTests
{
    private const string Hash = "973dfe463ec85785f5f95af5ba3906eedb2d931c24e69824a89ea65dba4e813b";

    [TestCase("stape-io/facebook-tag#85", "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855", 0, "the hash of an empty field")]
    [TestCase("stape-io/facebook-tag#85", "null", 0, null)]
    [TestCase("stape-io/facebook-tag#85", "sha256(null)", 0, "the hash of an empty field")]
    [TestCase("segmentio/action-destinations#3823", "  " + Hash + " ", 1, null)]
    [TestCase("segmentio/action-destinations#1252", Hash + "ab", 0, "no hash")]
    [TestCase("rudderlabs/rudder-sdk-js#1680", "ayse@example.com", 0, "no hash")]
    [TestCase("IABTechLab/uid2docs#151", "tMmiiTI7IaAcPpQPFQ65uMVCWH8av9jw4cwf/F5HVRQ=", 0, "a hash in Base64")]
    [TestCase("IABTechLab/uid2docs#151", "base64(hex)", 0, "a hash in Base64")]
    [TestCase("IABTechLab/uid2docs#151", "0123456789abcdef0123456789ABCDEF", 0, "another kind (MD5")]
    public void What_a_row_gives_as_a_hash_is_sent_if_it_is_one(string report, string written, int sent, string? told)
    {
        var text = written switch
        {
            "sha256(null)" => Sha("null"),
            "base64(hex)" => Convert.ToBase64String(Encoding.ASCII.GetBytes(Hash)),
            _ => written,
        };
        var (conversion, _, notes) = Jobs.Reader.Read(Jobs.One($$"""{"hashed_email":"{{text}}"}"""));

        Assert.That(conversion!.UserIdentifiers, Has.Count.EqualTo(sent), report);
        Assert.That(notes, told is null ? Is.Empty : Has.Some.Contains(told), report);
        Assert.That(notes, Has.None.Contains(text), "only the cause is told");
    }

    [TestCase("segmentio/action-destinations#1252", " " + Hash + " ", Hash)]
    [TestCase("stape-io/facebook-tag#85", "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855", null)]
    [TestCase("stape-io/facebook-tag#85", "null", null)]
    [TestCase("duracelltomi/gtm4wp#321", " Ayse.Demir@GMail.com", "aysedemir@gmail.com")]
    [TestCase("woocommerce/google-listings-and-ads#2258", "ayse.demir@googlemail.com", "aysedemir@googlemail.com")]
    [TestCase("PipedreamHQ/pipedream#22035", "Jane.Doe+Shopping@googlemail.com", "janedoe@googlemail.com")]
    [TestCase("PipedreamHQ/pipedream#22035", "user.name+NYC@Example.com", "user.name+nyc@example.com")]
    [TestCase("rudderlabs/rudder-transformer#5351", "A.B+c@gmail.com", "ab@gmail.com")]
    public void An_address_of_a_file_is_hashed_as_google_hashes_it(string report, string written, string? hashed) =>
        Assert.That(ContactHash.Email(written.Trim()), Is.EqualTo(hashed is null or Hash ? hashed : Sha(hashed)), report);

    [TestCase("segmentio/action-destinations#2053", Hash, Hash)]
    [TestCase("iris-connect/iris-client#443", "'+905321234567", "+905321234567")]
    [TestCase("iris-connect/iris-client#443", " +90 532 123 45 67", "+905321234567")]
    [TestCase("chobbledotcom/tickets#2238", "\t+905321234567", "+905321234567")]
    [TestCase("avniproject/avni-server#695", "'\t+905321234567", "+905321234567")]
    [TestCase("google/site-kit-wp#11737", "905321234567", "+905321234567")]
    [TestCase("google/site-kit-wp#11737", "0090 532 123 45 67", "+905321234567")]
    [TestCase("pandas-dev/pandas#28335", "905321234567.0", "+905321234567")]
    [TestCase("segmentio/action-destinations#2999", "0532 123 45 67", "+905321234567")]
    public void A_number_of_a_file_is_hashed_with_its_country_once(string report, string written, string hashed) =>
        Assert.That(ContactHash.Phone(written, "TR"), Is.EqualTo(hashed == Hash ? Hash : Sha(hashed)), report);

    [TestCase("segmentio/action-destinations#3823", "+0000000000", "phone is no ")]
    [TestCase("IABTechLab/uid2docs#151", "tMmiiTI7IaAcPpQPFQ65uMVCWH8av9jw4cwf/F5HVRQ=", "phone is a hash in Base64")]
    public void A_number_that_is_none_costs_its_own_line_alone(string report, string phone, string fault)
    {
        var file = SalesFiles.Read($"gclid;phone;order id;time;value;currency\nCj0K;{phone};A-1;2026-11-20T10:00:00Z;5;EUR\nCj0L;;A-2;2026-11-20T10:00:00Z;5;EUR\n");

        Assert.That(file.Faults[2], Does.StartWith(fault).And.Not.Contain(phone), report);
        Assert.That(file.Sales.Select(sale => sale.ExternalRef), Is.EqualTo((string[])["A-2"]), report);
    }

    [TestCase("rudderlabs/rudder-transformer#3186", "\"granted\"", true)]
    [TestCase("braze-inc/braze-docs#8176", "{\"ad_user_data\":true}", true)]
    [TestCase("segment-boneyard/segment-docs#6164", "{\"adUserData\":\"Denied\"}", false)]
    [TestCase("jitsucom/jitsu#1449", "{\"adUserData\":\"CONSENT_GRANTED\"}", true)]
    [TestCase("googleads/google-ads-php#964", "{}", null)]
    public void Consent_of_a_row_is_read_in_every_spelling_and_never_invented(string report, string consent, bool? expected) =>
        Assert.That(Jobs.Reader.Read(Jobs.One($$"""{"consent":{{consent}}}""")).Conversion!.Consent?.AdUserData, Is.EqualTo(expected), report);

    [TestCase("customermates/customermates#144", "Granted", "GRANTED")]
    [TestCase("jitsucom/jitsu#1449", "CONSENT_DENIED", "DENIED")]
    [TestCase("braze-inc/braze-docs#8176", "1", "GRANTED")]
    [TestCase("googleads/google-ads-php#964", "", null)]
    public void Consent_of_a_file_is_read_as_that_of_a_row(string report, string written, string? expected)
    {
        var file = SalesFiles.Read($"gclid;ad user data;order id;time;value;currency\nCj0K;{written};A-1;2026-11-20T10:00:00Z;5;EUR\n");

        Assert.That(file.Sales.Single().Payload?.Consent.AdUserData, Is.EqualTo(expected), report);
    }

    private static string Sha(string text) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text)));
}
