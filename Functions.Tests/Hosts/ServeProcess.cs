using System.Diagnostics;
using OpsMantik.Cli.Serve;
using OpsMantik.Functions.Tests.Support;

namespace OpsMantik.Functions.Tests.Hosts;

/// <summary>A process as an operator starts it, with nothing of our environment but the settings: <c>opsmantik serve</c>.</summary>
internal sealed class ServeProcess : IDisposable
{
    private readonly Process _process;
    private readonly Task<string> _output;
    private readonly Task<string> _error;

    private ServeProcess(Process process)
    {
        _process = process;
        _output = process.StandardOutput.ReadToEndAsync();
        _error = process.StandardError.ReadToEndAsync();
    }

    public static ServeProcess Start(params (string Name, string? Value)[] settings) => Start(
        new ProcessStartInfo("dotnet", [typeof(WorkerServer).Assembly.Location, "serve"]) { WorkingDirectory = Path.GetTempPath() },
        settings);

    public static ServeProcess Start(ProcessStartInfo start, params IEnumerable<(string Name, string? Value)> settings)
    {
        (start.RedirectStandardOutput, start.RedirectStandardError) = (true, true);
        foreach (var (name, value) in HostedWorker.Settings([("urls", "http://127.0.0.1:0"), .. settings]))
            start.Environment[Spell(name)] = value;
        return new ServeProcess(Process.Start(start)!);
    }

    /// <summary>Waits for its end; it is killed, and the test fails, when it has none within a minute.</summary>
    public async Task<(int ExitCode, string Output, string Error)> EndAsync()
    {
        using var limit = new CancellationTokenSource(TimeSpan.FromMinutes(1));
        await _process.WaitForExitAsync(limit.Token);
        var (output, error) = (await _output, await _error);
        Canary.AssertAbsent("what it printed", [output, error]);
        return (_process.ExitCode, output, error);
    }

    /// <summary>Paths of the files it has mapped, its libraries among them. Linux only.</summary>
    public string[] MappedFiles() => File.ReadAllLines($"/proc/{_process.Id}/maps");

    public async Task TerminateAsync()
    {
        if (_process.HasExited)
            return;
        using var kill = Process.Start("kill", ["-TERM", $"{_process.Id}"]);
        await kill.WaitForExitAsync();
    }

    public void Dispose()
    {
        if (!_process.HasExited)
            _process.Kill(entireProcessTree: true);
        _process.Dispose();
    }

    private static string Spell(string name) =>
        name == "urls" ? "ASPNETCORE_URLS" : name.Replace(":", "__", StringComparison.Ordinal);
}
