using System.Text;
using OpsMantik.Core.Vault;

namespace OpsMantik.Functions.Tests.Vault;

public class CredentialVaultTests
{
    // The vector of the database contract: what the dashboard sealed.
    private const string Key = "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=";
    private const string Fingerprint = "8f40c5adb68f2562";
    private const string Sealed =
        "NYBy1jZYgNGu6jKa35EhODhR7SGijjt16WXQ0s0WYlSdv8LAF5mGEKPVRP1nxO0CRzAvmRPVO1jGdT9hbBqa3WhcjBVgmb5GhiK8skSHBMp3Gl"
        + "8fQ97jTDhZGeDZmeMSLeDQL1c7YlkPMpgQXkxWNff90UEV+pG92LSLXLqhDz/3pt8c2fV8lXpZYNzSFiQep8N72GWDzXelJonvytObEZZZgM4luc"
        + "KZFzA4+cx85UGdN9CZbcr0DF0Q3eIKVLhOXV5GEHj4ypCW12wJ8zgntzZtbphs90piviWZ47BKES27/QWexPxG/GRJBxOJYiLZAAVv";
    private const string Json =
        """{"customer_id":"123-456-7890","developer_token":"dev","client_id":"cid","client_secret":"sec","refresh_token":"ref","conversion_action_resource_name":"customers/1234567890/conversionActions/456"}""";

    private static readonly CredentialRow Row = new(new Guid("11111111-1111-1111-1111-111111111111"), "google_ads");

    private static readonly string OtherKey = Convert.ToBase64String(Enumerable.Repeat((byte)7, 32).ToArray());

    [Test]
    public void What_the_dashboard_sealed_opens()
    {
        var opening = Vault(Key).Open(Row, new SealedCredential(Sealed, Fingerprint));

        Assert.That(opening.Credential!.Parse().RootElement.GetRawText(), Is.EqualTo(Json));
    }

    [Test]
    public void What_is_sealed_has_the_shared_format_and_opens_again()
    {
        var vault = Vault(Key);
        var credential = vault.Seal(Encoding.UTF8.GetBytes(Json));

        var bytes = Convert.FromBase64String(credential.Payload);
        Assert.Multiple(() =>
        {
            Assert.That(credential.KeyFingerprint, Is.EqualTo(Fingerprint));
            Assert.That(bytes, Has.Length.EqualTo(32 + 16 + Json.Length), "ephemeral key, tag, text");
            Assert.That(vault.Open(Row, credential).Credential!.Parse().RootElement.GetRawText(), Is.EqualTo(Json));
        });
    }

    [Test]
    public void What_is_sealed_for_a_row_says_so_in_two_fields_and_is_the_same_otherwise()
    {
        var vault = Vault(Key);

        using var opening = vault.Open(Row, vault.Seal(Row, Encoding.UTF8.GetBytes(Json)));

        using var json = opening.Credential!.Parse();
        Assert.Multiple(() =>
        {
            Assert.That(opening.Credential.IsBound, Is.True);
            Assert.That(json.RootElement.GetRawText(), Is.EqualTo(
                """{"opsmantik_site_id":"11111111-1111-1111-1111-111111111111","opsmantik_provider_key":"google_ads",""" + Json[1..]));
            Assert.That(Core.Providers.GoogleAds.GoogleAdsCredentials.Read(json.RootElement).Fault, Is.Null, "the provider reads past them");
        });
    }

    [Test]
    public void What_is_sealed_for_a_row_opens_in_no_other()
    {
        var vault = Vault(Key);
        var credential = vault.Seal(Row, Encoding.UTF8.GetBytes(Json));

        Assert.Multiple(() =>
        {
            Assert.That(vault.Open(Row with { SiteId = Guid.NewGuid() }, credential).Fault, Is.EqualTo(VaultFault.NotOfThisRow));
            Assert.That(vault.Open(Row with { ProviderKey = "other" }, credential).Fault, Is.EqualTo(VaultFault.NotOfThisRow));
        });
    }

    [TestCase("""{"opsmantik_site_id":"11111111-1111-1111-1111-111111111111"}""", TestName = "Half of a binding, the site")]
    [TestCase("""{"a":1,"opsmantik_provider_key":"google_ads"}""", TestName = "Half of a binding, the provider")]
    [TestCase("""{"opsmantik_site_id":7,"opsmantik_provider_key":"google_ads"}""", TestName = "A number for the site")]
    [TestCase("""{"opsmantik_site_id":"11111111-1111-1111-1111-111111111111","opsmantik_provider_key":"google_ads","opsmantik_site_id":"22222222-2222-2222-2222-222222222222"}""",
        TestName = "Two sites at once")]
    public void A_binding_that_is_not_whole_is_none(string json)
    {
        var vault = Vault(Key);

        Assert.That(vault.Open(Row, vault.Seal(Encoding.UTF8.GetBytes(json))).Fault, Is.EqualTo(VaultFault.NotOfThisRow));
    }

    [TestCase("{}", ExpectedResult = true)]
    [TestCase(" { \"a\" : {\"opsmantik_site_id\":1} } ", ExpectedResult = true)]
    [TestCase("[1]", ExpectedResult = false)]
    [TestCase("nonsense", ExpectedResult = false)]
    [TestCase("{broken", ExpectedResult = false)]
    public bool Whatever_is_sealed_opens_in_its_own_row(string text)
    {
        var vault = Vault(Key);
        using var opening = vault.Open(Row, vault.Seal(Row, Encoding.UTF8.GetBytes(text)));

        return opening.Credential!.IsBound;
    }

    [Test]
    public void What_the_dashboard_sealed_is_unbound_until_it_is_sealed_again()
    {
        var vault = Vault(Key);
        var credential = new SealedCredential(Sealed, Fingerprint);
        Assert.That(vault.Open(Row, credential).Credential!.IsBound, Is.False);

        var anew = vault.Reseal(Row, credential, out var wasUnbound, out var fault);

        Assert.Multiple(() =>
        {
            Assert.That((wasUnbound, fault), Is.EqualTo((true, (VaultFault?)null)));
            Assert.That(vault.Open(Row, anew!).Credential!.IsBound, Is.True);
            Assert.That(vault.Reseal(Row, anew!, out wasUnbound, out fault), Is.Null, "nothing is left to do");
            Assert.That((wasUnbound, fault), Is.EqualTo((false, (VaultFault?)null)));
            Assert.That(vault.Reseal(Row with { SiteId = Guid.NewGuid() }, anew!, out _, out fault), Is.Null);
            Assert.That(fault, Is.EqualTo(VaultFault.NotOfThisRow));
        });
    }

    [Test]
    public void Every_sealing_differs()
    {
        var first = Vault(Key).Seal([1, 2, 3]);
        var second = Vault(Key).Seal([1, 2, 3]);

        Assert.That(second.Payload, Is.Not.EqualTo(first.Payload));
    }

    [Test]
    public void A_previous_key_still_opens_and_the_new_one_seals()
    {
        var rotated = Vault(OtherKey, previous: Key);

        Assert.Multiple(() =>
        {
            Assert.That(rotated.Open(Row, new SealedCredential(Sealed, Fingerprint)).Opened, Is.True);
            Assert.That(rotated.Seal([1]).KeyFingerprint, Is.Not.EqualTo(Fingerprint));
        });
    }

    [Test]
    public void A_key_the_worker_lacks_is_told_from_a_damaged_text()
    {
        var damaged = Convert.FromBase64String(Sealed);
        damaged[^1] ^= 1;

        Assert.Multiple(() =>
        {
            Assert.That(Vault(OtherKey).Open(Row, new SealedCredential(Sealed, Fingerprint)).Fault,
                Is.EqualTo(VaultFault.UnknownKey));
            foreach (var payload in (string[])[Convert.ToBase64String(damaged), "not base64!", "", "AAAA", new string('A', 64)])
            {
                Assert.That(Vault(Key).Open(Row, new SealedCredential(payload, Fingerprint)).Fault,
                    Is.EqualTo(VaultFault.Unreadable), payload);
            }
        });
    }

    [Test]
    public void An_opened_credential_and_a_key_print_no_secret()
    {
        var opening = Vault(Key).Open(Row, new SealedCredential(Sealed, Fingerprint));

        Assert.Multiple(() =>
        {
            Assert.That(opening.Credential!.ToString(), Is.EqualTo("[redacted]"));
            Assert.That(opening.ToString(), Does.Not.Contain("refresh_token"));
            Assert.That(VaultKeyRing.Parse(Key, null).Current.ToString(), Is.EqualTo($"vault key {Fingerprint}"));
        });
    }

    private static CredentialVault Vault(string key, string? previous = null) => new(VaultKeyRing.Parse(key, previous));
}
