using System.Diagnostics;
using System.Runtime.Versioning;
using System.Text.RegularExpressions;
using OpsMantik.Functions.Tests.House;
using OpsMantik.Functions.Tests.Support;
using OpsMantik.Local.Postgres;

namespace OpsMantik.Functions.Tests.Hosts;

/// <summary>
/// The worker as its container runs it: the Dockerfile's own command and environment, a user without rights, a folder that
/// it cannot write to.
/// </summary>
[Platform(Include = "Linux")]
[SupportedOSPlatform("linux")]
internal sealed partial class ContainerProcessTests
{
    private const UnixFileMode ForEveryone = UnixFileMode.UserRead | UnixFileMode.UserExecute
        | UnixFileMode.GroupRead | UnixFileMode.GroupExecute | UnixFileMode.OtherRead | UnixFileMode.OtherExecute;

    // What APP_UID is in Microsoft's images.
    private const int AppUid = 1654;

    private static readonly string Dockerfile = File.ReadAllText(Path.Combine(SourceTree.Root, "Dockerfile"));

    private string _folder = null!;

    [OneTimeSetUp]
    public async Task PublishAsync()
    {
        _folder = await PublishedApp.CliFolderAsync();
        File.SetUnixFileMode(_folder, ForEveryone);
    }

    [Test]
    public async Task It_runs_its_schedules_and_its_own_health_check_tells_a_good_worker_from_a_bad_one()
    {
        await using var database = await TestDatabase.CreateAsync();
        // The settings of compose.yaml.
        var settings = Environment(
            ("ConnectionStrings:OpsMantik", database.WorkerConnectionString + ";GSS Encryption Mode=Disable"));

        var before = await CheckAsync(settings);
        using var worker = ServeProcess.Start(Command(Words("ENTRYPOINT")), settings);
        var healthy = await AnsweredAsync(settings);
        await worker.TerminateAsync();
        var (exitCode, output, error) = await worker.EndAsync();

        Assert.Multiple(() =>
        {
            Assert.That(before.ExitCode, Is.EqualTo(1), "nobody listens");
            Assert.That(healthy.Output, Does.Contain("\"ok\":true"));
            Assert.That(healthy.ExitCode, Is.Zero, healthy.Output + healthy.Error);
            Assert.That((exitCode, error), Is.EqualTo((0, "")));
            Assert.That(output, Does.Contain($"Timer {FunctionNames.ProcessOfflineConversionsTimer} runs on schedule"));
        });
    }

    [Test]
    public async Task Without_its_database_it_says_so_to_the_health_check()
    {
        var settings = Environment();
        using var worker = ServeProcess.Start(Command(Words("ENTRYPOINT")), settings);

        var (exitCode, output, _) = await AnsweredAsync(settings);
        await worker.TerminateAsync();
        await worker.EndAsync();

        Assert.That(exitCode, Is.EqualTo(1));
        Assert.That(output, Does.Contain("unreachable"));
    }

    private static (string Name, string? Value)[] Environment(params (string Name, string? Value)[] more)
    {
        var port = LoopbackPort.FindFree();
        var urls = Url().Match(Dockerfile).Groups["url"].Value;
        return [("urls", Regex.Replace(urls, @"\d+$", $"{port}")), .. more];
    }

    /// <summary>The first check that was answered: a worker that was just started does not listen yet.</summary>
    private async Task<(int ExitCode, string Output, string Error)> AnsweredAsync((string Name, string? Value)[] settings)
    {
        for (var attempt = 1; ; attempt++)
        {
            var check = await CheckAsync(settings);
            if (check.Output.StartsWith('{') || attempt == 50)
                return check;
        }
    }

    private async Task<(int ExitCode, string Output, string Error)> CheckAsync((string Name, string? Value)[] settings)
    {
        using var check = ServeProcess.Start(Command(Words("HEALTHCHECK")), settings);
        return await check.EndAsync();
    }

    /// <summary>The command of the last such instruction: that of the worker's own image.</summary>
    private static string[] Words(string instruction) =>
        [.. Word().Matches(Regex.Matches(Dockerfile, $@"^{instruction} .*?(?<words>\[.*opsmantik.*\])$", RegexOptions.Multiline)[^1].Groups["words"].Value)
            .Select(word => word.Groups["word"].Value)];

    private ProcessStartInfo Command(string[] words)
    {
        string[] command = System.Environment.IsPrivilegedProcess
            ? ["setpriv", $"--reuid={AppUid}", $"--regid={AppUid}", "--clear-groups", "--", .. words]
            : words;
        return new ProcessStartInfo(command[0], command[1..]) { WorkingDirectory = _folder };
    }

    [GeneratedRegex(@"ASPNETCORE_URLS=(?<url>\S+)")]
    private static partial Regex Url();

    [GeneratedRegex("\"(?<word>[^\"]+)\"")]
    private static partial Regex Word();
}
