using Azure.Identity;

namespace OpsMantik.Functions.Tests.Identity;

internal sealed class AzureCredentialTests
{
    [TestCase("5a000000-0000-0000-0000-000000000001", null, typeof(ManagedIdentityCredential))]
    [TestCase("", "http://169.254.130.1:8081/msi/token", typeof(ManagedIdentityCredential))]
    [TestCase(null, null, typeof(AzureCliCredential))]
    [TestCase(" ", " ", typeof(AzureCliCredential))]
    public void An_identity_where_azure_gives_one_else_the_azure_cli(string? clientId, string? endpoint, Type expected) =>
        Assert.That(AzureCredential.Choose(clientId, endpoint), Is.TypeOf(expected));
}
