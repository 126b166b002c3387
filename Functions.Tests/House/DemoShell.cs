using System.Diagnostics;
using OpsMantik.Functions.Tests.Cli;

namespace OpsMantik.Functions.Tests.House;

/// <summary>A demo of its own, and a shell beside it in which an operator types.</summary>
internal sealed class DemoShell : IAsyncDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(2);

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("runbook");
    private readonly Process _demo;

    private DemoShell()
    {
        _demo = CliProcess.Start(null, ["demo", "--env-file", SettingsFile], new Dictionary<string, string?>
        {
            // The full ten minutes must not come between two commands.
            ["AzureWebJobs:ProcessOfflineConversionsTimer:Disabled"] = "true",
            ["AzureWebJobs:RecoverProcessingTimer:Disabled"] = "true",
            ["AzureWebJobs:ConfirmUploadsTimer:Disabled"] = "true",
            ["AzureWebJobs:ReconcileUploadsTimer:Disabled"] = "true",
        });
        _demo.StandardInput.Close();
        // Nobody reads them, and a full pipe would stop the demo.
        _demo.OutputDataReceived += (_, _) => { };
        _demo.ErrorDataReceived += (_, _) => { };
        _demo.BeginOutputReadLine();
        _demo.BeginErrorReadLine();
    }

    /// <summary>What the demo wrote for other terminals.</summary>
    public string SettingsFile => PathOf("demo.env");

    /// <summary>Starts the demo and returns when its sample is uploaded. Its browser agrees to all that Google asks.</summary>
    public static async Task<DemoShell> StartAsync()
    {
        var shell = new DemoShell();
        var browser = shell.PathOf("xdg-open");
        await File.WriteAllTextAsync(browser, "#!/bin/sh\ncurl --silent --location \"$1\" > /dev/null &\n");
        if (!OperatingSystem.IsWindows())
            File.SetUnixFileMode(browser, UnixFileMode.UserRead | UnixFileMode.UserExecute);
        var clock = Stopwatch.StartNew();
        while (!File.Exists(shell.SettingsFile))
        {
            Assert.That(shell._demo.HasExited, Is.False, "the demo ended");
            Assert.That(clock.Elapsed, Is.LessThan(Patience), "the demo was never up");
            await Task.Delay(100);
        }

        return shell;
    }

    public string PathOf(string file) => Path.Combine(_folder.FullName, file);

    /// <summary>One of the settings, such as a site by its name.</summary>
    public string Setting(string name) => File.ReadAllLines(SettingsFile)
        .Single(line => line.StartsWith($"export {name}=", StringComparison.Ordinal)).Split('\'')[1];

    /// <returns>What the command printed to standard output.</returns>
    public async Task<string> TypeAsync(string command)
    {
        var script = $"source demo.env\nPATH=\"$PWD:$PATH\"\nopsmantik() {{ dotnet '{CliProcess.Program}' \"$@\"; }}\n{command}";
        var start = new ProcessStartInfo("bash", ["-c", script])
        {
            WorkingDirectory = _folder.FullName,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            RedirectStandardInput = true,
        };
        using var shell = Process.Start(start)!;
        shell.StandardInput.Close();
        using var limit = new CancellationTokenSource(Patience);
        var output = shell.StandardOutput.ReadToEndAsync(limit.Token);
        var error = shell.StandardError.ReadToEndAsync(limit.Token);
        await shell.WaitForExitAsync(limit.Token);
        // 1 says that something is not as it should be, as some transcripts show; 2 would be a command that cannot run.
        Assert.That(shell.ExitCode, Is.InRange(0, 1), $"{command}\n{await error}");
        return await output;
    }

    /// <summary>Ends the demo as Ctrl+C does, so that it stops its PostgreSQL and leaves nothing behind.</summary>
    public async ValueTask DisposeAsync()
    {
        using (var limit = new CancellationTokenSource(Patience))
        using (_demo)
        {
            try
            {
                using var told = Process.Start("kill", ["-TERM", $"{_demo.Id}"]);
                await _demo.WaitForExitAsync(limit.Token);
            }
            catch (OperationCanceledException)
            {
                _demo.Kill(entireProcessTree: true);
            }
        }

        Assert.That(File.Exists(SettingsFile), Is.False, "the settings are gone with the demo");
        _folder.Delete(recursive: true);
    }
}
