using OpsMantik.Core.Vault;

namespace OpsMantik.Functions.Tests.Vault;

public class VaultKeyRingTests
{
    private const string Key = "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=";

    [TestCase(null, "OPSMANTIK_VAULT_KEY is missing")]
    [TestCase("  ", "OPSMANTIK_VAULT_KEY is missing")]
    [TestCase("not base64!", "OPSMANTIK_VAULT_KEY is not base64")]
    [TestCase("AAEC", "OPSMANTIK_VAULT_KEY holds 3 bytes instead of 32")]
    [TestCase("@Microsoft.KeyVault(SecretUri=https://x/)", "OPSMANTIK_VAULT_KEY is an unresolved Key Vault reference")]
    public void A_faulty_key_is_named(string? key, string expected)
    {
        var exception = Assert.Throws<VaultKeyException>(() => VaultKeyRing.Parse(key, null));

        Assert.That(exception!.Message, Does.StartWith(expected));
    }

    [Test]
    public void A_faulty_previous_key_is_named_with_its_place()
    {
        var exception = Assert.Throws<VaultKeyException>(() => VaultKeyRing.Parse(Key, $"{Key}, AAEC"));

        Assert.That(exception!.Message, Does.StartWith("OPSMANTIK_VAULT_PREVIOUS_KEYS (key 2) holds 3 bytes"));
    }

    [Test]
    public void A_faulty_key_is_never_quoted()
    {
        var exception = Assert.Throws<VaultKeyException>(() => VaultKeyRing.Parse("CANARY-key!", "CANARY-old"));

        Assert.That(exception!.Message, Does.Not.Contain("CANARY-key").And.Not.Contain("CANARY-old"));
    }

    [Test]
    public void The_start_checks_the_keys()
    {
        var validator = new VaultOptionsValidator();

        Assert.Multiple(() =>
        {
            Assert.That(validator.Validate(null, new VaultOptions { Key = Key }).Succeeded);
            Assert.That(validator.Validate(null, new VaultOptions { Key = "AAEC" }).FailureMessage, Does.StartWith("OPSMANTIK_VAULT_KEY holds 3 bytes"));
        });
    }

    [Test]
    public void Repeated_keys_and_blanks_are_harmless() =>
        Assert.That(() => VaultKeyRing.Parse($" {Key} ", $" , {Key},, "), Throws.Nothing);
}
