namespace OpsMantik.Functions.Tests.Infra;

/// <summary>Every file compiles, and neither compiler nor linter has anything to say about it.</summary>
internal sealed class BicepTests
{
    private const string All = "**/*.bicep";

    [Test]
    public async Task Every_file_compiles_without_a_word()
    {
        var linted = await Bicep.RunAsync(Bicep.Folder, ["lint", "--pattern", All]);
        var built = await Bicep.RunAsync(Bicep.Folder, ["build", "main.bicep", "--stdout"]);

        Assert.Multiple(() =>
        {
            Assert.That(linted.Error + linted.Output, Is.Empty);
            Assert.That(linted.ExitCode, Is.Zero);
            Assert.That(built.Error, Is.Empty);
            Assert.That(built.ExitCode, Is.Zero);
        });
    }

    [Test]
    public async Task Every_file_is_formatted()
    {
        var copy = Bicep.CopyFolder();
        try
        {
            var formatted = await Bicep.RunAsync(copy, ["format", "--pattern", All]);

            Assert.That(formatted.ExitCode, Is.Zero, formatted.Error);
            var files = Directory.GetFiles(copy, "*.bicep", SearchOption.AllDirectories);
            Assert.That(files, Has.Length.GreaterThan(5));
            Assert.Multiple(() =>
            {
                foreach (var file in files)
                {
                    var written = Path.Combine(Bicep.Folder, Path.GetRelativePath(copy, file));
                    Assert.That(File.ReadAllText(written), Is.EqualTo(File.ReadAllText(file)), written);
                }
            });
        }
        finally
        {
            Directory.Delete(copy, recursive: true);
        }
    }

    [TestCase("param unused string", "no-unused-params", 1)]
    [TestCase("output key string = listKeys('x', '2024-01-01').keys[0].value", "outputs-should-not-contain-secrets", 1)]
    [TestCase("param location string\nresource v 'Microsoft.KeyVault/vaults@2026-05-15' = { name: 'v', location: location }",
        "BCP035", 0)]
    // A warning: what is recent is newer in another compiler (azd's), which must not refuse to build for it.
    [TestCase("param location string\nresource s 'Microsoft.Storage/storageAccounts@2021-01-01' = { name: 'abc', location: location, kind: 'StorageV2', sku: { name: 'Standard_LRS' } }",
        "use-recent-api-versions", 0)]
    [TestCase("@secure()\nparam key string = 'in the open'\noutput it string = key", "secure-parameter-default", 1)]
    public async Task A_fault_does_not_pass_unseen(string source, string code, int exitCode)
    {
        var folder = Directory.CreateTempSubdirectory("opsmantik-bicep-").FullName;
        try
        {
            File.Copy(Path.Combine(Bicep.Folder, "bicepconfig.json"), Path.Combine(folder, "bicepconfig.json"));
            await File.WriteAllTextAsync(Path.Combine(folder, "broken.bicep"), source);

            var linted = await Bicep.RunAsync(folder, ["lint", "broken.bicep"]);

            Assert.That(linted.Error, Does.Contain(code));
            Assert.That(linted.ExitCode, Is.EqualTo(exitCode));
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }
}
