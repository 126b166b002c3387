using System.Diagnostics;
using OpsMantik.Functions.Tests.Cli;

namespace OpsMantik.Functions.Tests.House;

/// <summary>An operator types the whole runbook on a demo, from its first command to its last.</summary>
public class RunbookTranscriptTests
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(2);

    private DirectoryInfo _folder = null!;

    [SetUp]
    public void MakeFolder() => _folder = Directory.CreateTempSubdirectory("runbook");

    [TearDown]
    public void DeleteFolder() => _folder.Delete(recursive: true);

    [Test]
    public async Task Every_command_of_the_runbook_prints_what_the_runbook_shows()
    {
        var transcripts = Transcript.ReadAll(await File.ReadAllTextAsync(Path.Combine(SourceTree.Root, "docs", "runbook.md")));
        Assert.That(transcripts, Has.Count.GreaterThan(20));
        var settings = Path.Combine(_folder.FullName, "demo.env");
        using var demo = StartDemo(settings);
        try
        {
            await AwaitAsync(settings, demo);
            if (!OperatingSystem.IsWindows())
                Assert.That((int)File.GetUnixFileMode(settings), Is.EqualTo(0b110_000_000), "it holds secrets: nobody else reads it");
            await WriteFilesAsync(settings);
            Assert.Multiple(async () =>
            {
                foreach (var transcript in transcripts)
                    Assert.That(transcript.FindDifference(await TypeAsync(transcript.Command)), Is.Null, transcript.Command);
            });
        }
        finally
        {
            await EndAsync(demo);
        }

        Assert.That(File.Exists(settings), Is.False, "it is gone with the demo");
    }

    private static Process StartDemo(string settings)
    {
        var demo = CliProcess.Start(null, ["demo", "--env-file", settings], new Dictionary<string, string?>
        {
            // The full ten minutes must not come between two commands.
            ["AzureWebJobs:ProcessOfflineConversionsTimer:Disabled"] = "true",
            ["AzureWebJobs:RecoverProcessingTimer:Disabled"] = "true",
            ["AzureWebJobs:ConfirmUploadsTimer:Disabled"] = "true",
            ["AzureWebJobs:ReconcileUploadsTimer:Disabled"] = "true",
        });
        demo.StandardInput.Close();
        // Nobody reads them, and a full pipe would stop the demo.
        demo.OutputDataReceived += (_, _) => { };
        demo.ErrorDataReceived += (_, _) => { };
        demo.BeginOutputReadLine();
        demo.BeginErrorReadLine();
        return demo;
    }

    // As Ctrl+C does, so that it stops its PostgreSQL and leaves nothing behind.
    private static async Task EndAsync(Process demo)
    {
        using var limit = new CancellationTokenSource(Patience);
        try
        {
            using var told = Process.Start("kill", ["-TERM", $"{demo.Id}"]);
            await demo.WaitForExitAsync(limit.Token);
        }
        catch (OperationCanceledException)
        {
            demo.Kill(entireProcessTree: true);
        }
    }

    private static async Task AwaitAsync(string settings, Process demo)
    {
        var clock = Stopwatch.StartNew();
        while (!File.Exists(settings))
        {
            Assert.That(demo.HasExited, Is.False, "the demo ended");
            Assert.That(clock.Elapsed, Is.LessThan(Patience), "the demo was never up");
            await Task.Delay(100);
        }
    }

    // The files that the runbook shows, filled in for the demo.
    private async Task WriteFilesAsync(string settings)
    {
        var cafe = (await File.ReadAllLinesAsync(settings))
            .Single(line => line.StartsWith("export cafe=", StringComparison.Ordinal)).Split('\'')[1];
        await File.WriteAllTextAsync(
            Path.Combine(_folder.FullName, "credentials.json"),
            """
            {"customer_id":"100-000-0004","client_id":"demo.apps.googleusercontent.com","client_secret":"demo",
             "refresh_token":"1//renewed","conversion_action_resource_name":"customers/1000000004/conversionActions/456"}
            """);
        // An old sale is warned of.
        var day = TimeProvider.System.GetUtcNow().AddDays(-3).ToString("yyyy-MM-dd", System.Globalization.CultureInfo.InvariantCulture);
        await File.WriteAllTextAsync(
            Path.Combine(_folder.FullName, "sales.csv"),
            $"""
            site_id,external_ref,click_kind,click_id,occurred_at,amount,currency
            {cafe},phone-1017,gclid,Cj0KCQiA-phone-1017,{day}T10:00:00+03:00,1234.50,TRY
            {cafe},phone-1018,wbraid,CjkKCAiA-phone-1018,{day}T10:30:00+03:00,80,TRY
            """);
    }

    private async Task<string> TypeAsync(string command)
    {
        var script = $"source demo.env\nopsmantik() {{ dotnet '{CliProcess.Program}' \"$@\"; }}\n{command}";
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
}
