using OpsMantik.Functions.Tests.Hosts;
using OpsMantik.Functions.Tests.House;

namespace OpsMantik.Functions.Tests.Infra;

/// <summary>azd runs <c>dotnet user-secrets init</c> on every .NET service: the project must not change, and nothing may read them.</summary>
internal sealed class UserSecretsTests
{
    private const string Project = "OpsMantik.Functions.csproj";

    [Test]
    public async Task What_azd_runs_leaves_the_project_as_it_is()
    {
        var folder = Directory.CreateTempSubdirectory("opsmantik-user-secrets-").FullName;
        try
        {
            var copy = Path.Combine(folder, Project);
            File.Copy(Path.Combine(SourceTree.Root, "Functions", Project), copy);
            var before = await File.ReadAllBytesAsync(copy);

            var result = await Shell.RunAsync(folder, "dotnet", ["user-secrets", "init", "--project", copy]);

            Assert.That(result.ExitCode, Is.Zero, result.Output + result.Error);
            Assert.That(await File.ReadAllBytesAsync(copy), Is.EqualTo(before));
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    /// <summary>The host's builder looks for them, in Development, by an attribute of the program: it has none.</summary>
    [Test]
    public async Task The_packed_program_names_no_user_secrets()
    {
        var program = await File.ReadAllTextAsync(
            Path.Combine(await PublishedApp.FolderAsync(), "OpsMantik.Functions.dll"), System.Text.Encoding.Latin1);

        Assert.That(program.Contains("TargetFrameworkAttribute", StringComparison.Ordinal), Is.True, "it is a program");
        Assert.That(program.Contains("UserSecretsIdAttribute", StringComparison.Ordinal), Is.False, "GenerateUserSecretsAttribute is off");
    }
}
