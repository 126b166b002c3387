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

    private static readonly string OtherKey = Convert.ToBase64String(Enumerable.Repeat((byte)7, 32).ToArray());

    [Test]
    public void What_the_dashboard_sealed_opens()
    {
        var opening = Vault(Key).Open(new SealedCredential(Sealed, Fingerprint));

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
            Assert.That(vault.Open(credential).Credential!.Parse().RootElement.GetRawText(), Is.EqualTo(Json));
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
            Assert.That(rotated.Open(new SealedCredential(Sealed, Fingerprint)).Opened, Is.True);
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
            Assert.That(Vault(OtherKey).Open(new SealedCredential(Sealed, Fingerprint)).Fault,
                Is.EqualTo(VaultFault.UnknownKey));
            foreach (var payload in (string[])[Convert.ToBase64String(damaged), "not base64!", "", "AAAA", new string('A', 64)])
            {
                Assert.That(Vault(Key).Open(new SealedCredential(payload, Fingerprint)).Fault,
                    Is.EqualTo(VaultFault.Unreadable), payload);
            }
        });
    }

    [Test]
    public void An_opened_credential_and_a_key_print_no_secret()
    {
        var opening = Vault(Key).Open(new SealedCredential(Sealed, Fingerprint));

        Assert.Multiple(() =>
        {
            Assert.That(opening.Credential!.ToString(), Is.EqualTo("[redacted]"));
            Assert.That(opening.ToString(), Does.Not.Contain("refresh_token"));
            Assert.That(VaultKeyRing.Parse(Key, null).Current.ToString(), Is.EqualTo($"vault key {Fingerprint}"));
        });
    }

    private static CredentialVault Vault(string key, string? previous = null) => new(VaultKeyRing.Parse(key, previous));
}
