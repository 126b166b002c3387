namespace OpsMantik.Functions.Tests.Infra;

/// <summary>Every file compiles, and neither compiler nor linter has anything to say about it.</summary>
internal sealed class BicepTests
{
    private static readonly string[] Files =
        [.. Directory.GetFiles(Bicep.Folder, "*.bicep", SearchOption.AllDirectories)
            .Select(path => Path.GetRelativePath(Bicep.Folder, path)).Order()];

    [TestCaseSource(nameof(Files))]
    public async Task A_file_compiles_without_a_word(string file)
    {
        var built = await Bicep.RunAsync(Bicep.Folder, ["build", file, "--stdout"]);
        var linted = await Bicep.RunAsync(Bicep.Folder, ["lint", file]);

        Assert.Multiple(() =>
        {
            Assert.That(built.Error, Is.Empty);
            Assert.That(built.ExitCode, Is.Zero);
            Assert.That(linted.Error + linted.Output, Is.Empty);
            Assert.That(linted.ExitCode, Is.Zero);
        });
    }

    [TestCaseSource(nameof(Files))]
    public async Task A_file_is_formatted(string file)
    {
        var formatted = await Bicep.RunAsync(Bicep.Folder, ["format", file, "--stdout"]);

        Assert.That(formatted.Output, Is.EqualTo(await File.ReadAllTextAsync(Path.Combine(Bicep.Folder, file))));
    }

    [TestCase("param unused string", "no-unused-params", 1)]
    [TestCase("output key string = listKeys('x', '2024-01-01').keys[0].value", "outputs-should-not-contain-secrets", 1)]
    [TestCase("param location string\nresource v 'Microsoft.KeyVault/vaults@2024-11-01' = { name: 'v', location: location }",
        "BCP035", 0)]
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
