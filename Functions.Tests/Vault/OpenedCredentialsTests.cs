using OpsMantik.Core.Vault;

namespace OpsMantik.Functions.Tests.Vault;

public class OpenedCredentialsTests
{
    private static readonly VaultKeyRing Keys = VaultKeyRing.Parse(Convert.ToBase64String(new byte[32]), null);

    private readonly CredentialVault _vault = new(Keys);

    [Test]
    public void A_credential_is_opened_once()
    {
        var credentials = new CredentialCache(_vault);
        var sealedOnce = _vault.Seal("{\"a\":1}"u8);

        var first = credentials.Open(sealedOnce);
        // As the next claim reads it: equal, and another object.
        var second = credentials.Open(new SealedCredential(sealedOnce.Payload, sealedOnce.KeyFingerprint));

        Assert.That(second.Credential, Is.Not.Null.And.SameAs(first.Credential));
    }

    [Test]
    public void Every_credential_opens_to_its_own_text_however_many_there_are()
    {
        var credentials = new CredentialCache(_vault);

        for (var number = 0; number < 1_100; number++)
        {
            using var json = credentials.Open(_vault.Seal(System.Text.Encoding.UTF8.GetBytes($"{{\"n\":{number}}}"))).Credential!.Parse();
            Assert.That(json.RootElement.GetProperty("n").GetInt32(), Is.EqualTo(number));
        }
    }

    [Test]
    public void What_does_not_open_stays_a_fault()
    {
        var credentials = new CredentialCache(_vault);
        var damaged = new SealedCredential("AAAA", Keys.Current.Fingerprint);

        Assert.That(credentials.Open(damaged).Fault, Is.EqualTo(VaultFault.Unreadable));
        Assert.That(credentials.Open(damaged).Opened, Is.False);
    }
}
