using OpsMantik.Core.Vault;

namespace OpsMantik.Functions.Tests.Vault;

public class VaultKeyRingTests
{
    private const string Key = "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=";

    private static readonly string Good = Convert.ToBase64String("CANARY-vault-key-of-32-bytes-123"u8);

    private static IEnumerable<TestCaseData> WeakKeys()
    {
        yield return new TestCaseData(Key).SetArgDisplayNames("the published vector");
        yield return new TestCaseData(Changed(Key, 0, 7)).SetArgDisplayNames("the vector, its first byte another that X25519 takes for the same");
        yield return new TestCaseData(Changed(Key, 31, 0x9f)).SetArgDisplayNames("the vector, its last byte likewise");
        yield return new TestCaseData(Convert.ToBase64String(new byte[32])).SetArgDisplayNames("all zeros");
        yield return new TestCaseData(Changed(Convert.ToBase64String(new byte[32]), 31, 0x40)).SetArgDisplayNames("all zeros, as X25519 writes them");
        yield return new TestCaseData(Convert.ToBase64String([.. Enumerable.Repeat((byte)0x41, 32)])).SetArgDisplayNames("one byte repeated");
    }

    private static string Changed(string key, int place, byte value)
    {
        var bytes = Convert.FromBase64String(key);
        bytes[place] = value;
        return Convert.ToBase64String(bytes);
    }

    [TestCaseSource(nameof(WeakKeys))]
    public void A_key_that_everybody_knows_is_refused_but_in_development_and_still_opens_as_a_previous_one(string weak)
    {
        var validator = new VaultOptionsValidator();
        var refused = validator.Validate(null, new VaultOptions { Key = weak });

        Assert.Multiple(() =>
        {
            Assert.That(refused.FailureMessage, Does.StartWith("OPSMANTIK_VAULT_KEY is a key that everybody knows")
                .And.Contain("openssl rand -base64 32").And.Contain("OPSMANTIK_VAULT_PREVIOUS_KEYS").And.Not.Contain(weak));
            Assert.That(validator.Validate(null, new VaultOptions { Key = weak, AllowsWeakKey = true }).Succeeded);
            Assert.That(validator.Validate(null, new VaultOptions { Key = Good, PreviousKeys = weak }).Succeeded);
            Assert.That(VaultKeyRing.Parse(Good, weak).WeakPrevious, Is.EqualTo(1));
            Assert.That(VaultKeyRing.Parse(Good, null).WeakPrevious, Is.Zero);
        });
    }

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
            Assert.That(validator.Validate(null, new VaultOptions { Key = Good }).Succeeded);
            Assert.That(validator.Validate(null, new VaultOptions { Key = "AAEC" }).FailureMessage, Does.StartWith("OPSMANTIK_VAULT_KEY holds 3 bytes"));
        });
    }

    [Test]
    public void Repeated_keys_and_blanks_are_harmless() =>
        Assert.That(() => VaultKeyRing.Parse($" {Key} ", $" , {Key},, "), Throws.Nothing);
}
