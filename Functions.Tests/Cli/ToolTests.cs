using System.Diagnostics;
using System.Xml.Linq;
using OpsMantik.Functions.Tests.House;

namespace OpsMantik.Functions.Tests.Cli;

/// <summary>The dotnet tool, installed from the package alone without a feed; and its version.</summary>
public class ToolTests
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(3);

    private DirectoryInfo _folder = null!;

    [SetUp]
    public void MakeFolder() => _folder = Directory.CreateTempSubdirectory("opsmantik-tool");

    [TearDown]
    public void DeleteFolder() => _folder.Delete(recursive: true);

    [Test]
    public async Task The_package_installs_as_a_tool_that_knows_its_version_and_completes_commands()
    {
        var package = Path.Combine(_folder.FullName, "package");
        var tools = Path.Combine(_folder.FullName, "tools");
        var feeds = Path.Combine(_folder.FullName, "nuget.config");
        await File.WriteAllTextAsync(
            feeds,
            $"<configuration><packageSources><clear/><add key=\"own\" value=\"{package}\"/></packageSources></configuration>");
        // The tests' own build: packing must not build anew what other tests are running.
        var configuration = new DirectoryInfo(AppContext.BaseDirectory).Parent!.Name;

        await RunAsync("dotnet", "pack", "Cli", "--no-build", "--nologo", "-c", configuration, "-o", package, "-p:PackageVersion=9.9.9");
        await RunAsync("dotnet", "tool", "install", "opsmantik", "--version", "9.9.9", "--tool-path", tools, "--configfile", feeds);
        var tool = Path.Combine(tools, "opsmantik");
        var help = await RunAsync(tool, "--help");
        var version = await RunAsync(tool, "--version");
        var completed = await RunAsync(
            "bash", "-c",
            "PATH=\"$1:$PATH\"; source <(opsmantik completion bash)\n"
            + "COMP_LINE='opsmantik credentials ver'; COMP_POINT=${#COMP_LINE}; COMP_WORDS=(opsmantik credentials ver); COMP_CWORD=2\n"
            + "_opsmantik_complete; echo \"${COMPREPLY[@]}\"",
            "bash", tools);

        Assert.That(help, Does.Contain("opsmantik [command]").And.Contain("Exit codes:"));
        Assert.That(version, Does.Match(@"^\d+\.\d+\.\d+(\+[0-9a-f]+)?\n$"));
        Assert.That(completed.Trim(), Is.EqualTo("verify"));
    }

    [Test]
    public async Task The_version_is_printed_as_Directory_Build_props_has_it()
    {
        var version = XDocument.Load(Path.Combine(SourceTree.Root, "Directory.Build.props")).Descendants("Version").Single().Value;

        var (exitCode, output, error) = await CliProcess.RunAsync("--version");

        Assert.That((exitCode, output.Trim(), error), Is.EqualTo((0, version, "")));
    }

    [Test]
    public void No_project_has_a_version_of_its_own() => Assert.That(
        Directory.EnumerateFiles(SourceTree.Root, "*.csproj", SearchOption.AllDirectories)
            .Where(path => XDocument.Load(path).Descendants("Version").Any(element => element.Parent!.Name == "PropertyGroup")),
        Is.Empty);

    private async Task<string> RunAsync(string program, params string[] arguments)
    {
        var start = new ProcessStartInfo(program, arguments)
        {
            WorkingDirectory = SourceTree.Root,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        // A packages folder of its own, or the version would stay in the user's.
        start.Environment["NUGET_PACKAGES"] = Path.Combine(_folder.FullName, "packages");
        if (arguments is ["pack", ..])
            start.Environment.Remove("NUGET_PACKAGES");
        start.Environment["DOTNET_CLI_UI_LANGUAGE"] = "en";
        using var process = Process.Start(start)!;
        using var limit = new CancellationTokenSource(Patience);
        try
        {
            var output = process.StandardOutput.ReadToEndAsync(limit.Token);
            var error = process.StandardError.ReadToEndAsync(limit.Token);
            await process.WaitForExitAsync(limit.Token);
            Assert.That(process.ExitCode, Is.Zero, $"{program} {string.Join(' ', arguments)}\n{await output}{await error}");
            return await output;
        }
        catch (OperationCanceledException)
        {
            process.Kill(entireProcessTree: true);
            throw new TimeoutException($"{program} {arguments[0]} did not end within {Patience.TotalMinutes} minutes.");
        }
    }
}
