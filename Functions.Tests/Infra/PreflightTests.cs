using OpsMantik.Functions.Tests.House;

namespace OpsMantik.Functions.Tests.Infra;

/// <summary>preflight.sh names what would stop a deployment in the middle, and the command that cures it, and makes nothing.</summary>
[Platform(Exclude = "Win")]
internal sealed class PreflightTests
{
    [Test]
    public async Task Where_all_is_well_nothing_is_found_and_nothing_made()
    {
        using var stubs = new Stubs();

        var result = await stubs.RunAsync("preflight.sh");

        Assert.That(result.ExitCode, Is.Zero, result.Output + result.Error);
        Assert.That(result.Output, Is.EqualTo("preflight: nothing is in the way\n"));
        Assert.That(stubs.Said, Does.Not.Match("(?m)^az .* (create|set|delete|register)"));
    }

    [TestCase("AZ_VERSION", "2.85.1", "Azure CLI is 2.85.1", "az upgrade")]
    [TestCase("PSQL_VERSION", "15.9", "psql is 15.9", "postgresql.org/download")]
    [TestCase("DOTNET_SAID", "9.0.310", ".NET SDK is 9.0.310", "dotnet.microsoft.com")]
    [TestCase("AZURE_LOCATION", "", "AZURE_LOCATION is not set", "azd env set AZURE_LOCATION")]
    [TestCase("DATABASE_KIND", "existing", "no server is named", "azd env set EXISTING_DATABASE_HOST")]
    [TestCase("SIGNED_OUT", "yes", "does not see subscription 1", "az login")]
    [TestCase("REGISTERED", "Microsoft.Web", "Microsoft.KeyVault is not registered", "az provider register --subscription 1 --namespace Microsoft.KeyVault --wait")]
    [TestCase("USE_VNET", "true", "Microsoft.App is not registered", "az provider register --subscription 1 --namespace Microsoft.App --wait")]
    [TestCase("AZURE_LOCATION", "moonbase", "not offered in moonbase", "Sweden Central")]
    [TestCase("RUNTIME", "", "no dotnet-isolated 10", "azd env set AZURE_LOCATION")]
    [TestCase("RESTRICTED", "Enabled", "closed to this subscription", "quota")]
    [TestCase("DELETED", "kv-opsmantik-abcdefgh", "kv-opsmantik-abcdefgh is deleted", "azd env set VAULT_CREATE_MODE recover; a new one: azd env set VAULT_SUFFIX 2")]
    [TestCase("VAULT_CREATE_MODE", "recover", "no deleted vault", "azd env set VAULT_CREATE_MODE default")]
    public async Task What_is_in_the_way_is_named_with_its_cure(string name, string value, string finding, string cure)
    {
        using var stubs = new Stubs();

        var result = await stubs.RunAsync("preflight.sh", (name, value));

        Assert.That(result.ExitCode, Is.EqualTo(1), result.Output);
        Assert.That(result.Output, Does.Contain(finding).And.Contain(cure));
    }

    [TestCase("kv-opsmantik-abcdefgh", "VAULT_CREATE_MODE", "recover")]
    [TestCase("kv-opsmantik-abcdefgh", "VAULT_SUFFIX", "2")]
    [TestCase("kv-opsmantik-abcdefgh2", "VAULT_SUFFIX", "")]
    public async Task After_the_cure_of_a_deleted_vault_the_way_is_free(string deleted, string name, string value)
    {
        using var stubs = new Stubs();

        var result = await stubs.RunAsync("preflight.sh", ("DELETED", deleted), (name, value));

        Assert.That(result.ExitCode, Is.Zero, result.Output);
    }

    [Test]
    public void It_runs_before_anything_is_made_and_azd_looks_at_its_own_version()
    {
        var azure = Yaml.Read("azure.yaml");

        Assert.That($"{azure["hooks"]["preprovision"]["run"]}", Is.EqualTo("infra/preflight.sh"));
        Assert.That($"{azure["requiredVersions"]["azd"]}", Does.StartWith(">= "));
    }

    /// <summary>What a finding tells to type, and what the scripts run, is there.</summary>
    [Test]
    public void Every_command_that_a_script_names_is_documented()
    {
        var scripts = string.Join('\n', Directory.GetFiles(Path.Combine(SourceTree.Root, "infra"), "*.sh").Select(File.ReadAllText));

        Assert.That(DocumentedCommands.Count(scripts), Is.GreaterThan(20));
        Assert.That(DocumentedCommands.Faults(scripts), Is.Empty);
        Assert.That(DocumentedCommands.Faults("az keyvault secret set --vault-nam kv"), Is.EqualTo(["az keyvault secret set: no --vault-nam"]));
    }
}
