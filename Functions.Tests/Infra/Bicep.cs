using System.Reflection;
using System.Runtime.InteropServices;
using OpsMantik.Functions.Tests.House;
using OpsMantik.Local;

namespace OpsMantik.Functions.Tests.Infra;

/// <summary>The Bicep compiler. It reads local files only: the modules are ours, and it carries Azure's types.</summary>
internal static class Bicep
{
    public static string Folder { get; } = Path.Combine(SourceTree.Root, "infra");

    /// <summary>Runs it in a folder, with settings as environment variables.</summary>
    public static async Task<Shell.Result> RunAsync(
        string folder, string[] arguments, params (string Name, string Value)[] environment) =>
        await Shell.RunAsync(folder, Compiler(), arguments, environment);

    /// <summary>A copy of the folder, for what writes beside its files; the caller deletes it.</summary>
    public static string CopyFolder()
    {
        var copy = Directory.CreateTempSubdirectory("opsmantik-infra-").FullName;
        foreach (var file in Directory.GetFiles(Folder, "*", SearchOption.AllDirectories))
        {
            var target = Path.Combine(copy, Path.GetRelativePath(Folder, file));
            Directory.CreateDirectory(Path.GetDirectoryName(target)!);
            File.Copy(file, target);
        }

        return copy;
    }

    private static string Compiler()
    {
        var package = typeof(Bicep).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>()
            .Single(metadata => metadata.Key == "BicepPackage").Value!;
        var linux = OperatingSystem.IsLinux() && RuntimeInformation.OSArchitecture is Architecture.X64;
        var compiler = linux ? Path.Combine(package, "tools", "bicep") : SearchPath.Find("bicep");
        if (File.Exists(compiler))
            return compiler;

        const string Missing = "There is no Bicep compiler: its package is for Linux on x64, elsewhere bicep must be in PATH.";
        if (Environment.GetEnvironmentVariable("CI") is { Length: > 0 })
            Assert.Fail(Missing);
        Assert.Ignore(Missing);
        return "";
    }
}
