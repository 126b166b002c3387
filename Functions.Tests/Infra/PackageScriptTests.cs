using System.IO.Compression;
using System.Runtime.Versioning;
using OpsMantik.Functions.Tests.House;

namespace OpsMantik.Functions.Tests.Infra;

[Platform(Include = "Linux")]
[SupportedOSPlatform("linux")]
internal sealed class PackageScriptTests
{
    // In the upper half of a zip entry's attributes, as Unix has them.
    private const int ExecutableByOwner = 0b001_000_000;

    [Test]
    public async Task The_package_is_a_function_app_that_needs_no_dotnet_of_the_hosts()
    {
        var folder = Directory.CreateTempSubdirectory("opsmantik-package-").FullName;
        try
        {
            var file = Path.Combine(folder, "worker.zip");
            // A machine may have no zip program.
            var broken = Path.Combine(folder, "zip");
            await File.WriteAllTextAsync(broken, "#!/bin/sh\nexit 1\n");
            File.SetUnixFileMode(broken, UnixFileMode.UserRead | UnixFileMode.UserExecute);

            var result = await Shell.RunAsync(
                SourceTree.Root, "infra/package.sh", ["custom", file],
                ("PATH", $"{folder}:{Environment.GetEnvironmentVariable("PATH")}"));

            Assert.That(result.ExitCode, Is.Zero, result.Output + result.Error);
            using var zip = ZipFile.OpenRead(file);
            Assert.Multiple(() =>
            {
                Assert.That(zip.GetEntry("host.json"), Is.Not.Null);
                Assert.That(zip.GetEntry("libcoreclr.so"), Is.Not.Null);
                Assert.That(zip.GetEntry("local.settings.json"), Is.Null);
                Assert.That(zip.Entries.Count(entry => entry.Name == "function.json"), Is.EqualTo(FunctionNames.All.Count));
                Assert.That(zip.GetEntry("OpsMantik.Functions")!.ExternalAttributes >> 16 & ExecutableByOwner, Is.Not.Zero);
            });
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    [Test]
    public async Task There_is_no_third_flavour()
    {
        var result = await Shell.RunAsync(SourceTree.Root, "infra/package.sh", ["inprocess"]);

        Assert.That(result.ExitCode, Is.EqualTo(2));
        Assert.That(result.Error, Does.Contain("isolated or custom"));
    }
}
