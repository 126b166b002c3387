using System.Diagnostics;

namespace OpsMantik.Functions.Tests.Functions.Startup;

/// <summary>The app as an operator starts it: <c>dotnet OpsMantik.Functions.dll</c>, with nothing of our environment.</summary>
internal sealed class AppProcess : IDisposable
{
    private readonly Process _process;
    private readonly Task<string> _output;
    private readonly Task<string> _error;

    private AppProcess(Process process)
    {
        _process = process;
        _output = process.StandardOutput.ReadToEndAsync();
        _error = process.StandardError.ReadToEndAsync();
    }

    public static AppProcess Start(params (string Name, string? Value)[] settings) => Start(
        new ProcessStartInfo("dotnet", [typeof(FunctionApp).Assembly.Location]) { WorkingDirectory = Path.GetTempPath() },
        settings);

    public static AppProcess Start(ProcessStartInfo start, params (string Name, string? Value)[] settings)
    {
        (start.RedirectStandardOutput, start.RedirectStandardError) = (true, true);
        foreach (var (name, value) in RunningApp.Settings())
            start.Environment[Spell(name)] = value;
        foreach (var (name, value) in settings)
            start.Environment[Spell(name)] = value;
        return new AppProcess(Process.Start(start)!);
    }

    /// <summary>Waits for its end; it is killed, and the test fails, when it has none within a minute.</summary>
    public async Task<(int ExitCode, string Output, string Error)> EndAsync()
    {
        using var limit = new CancellationTokenSource(TimeSpan.FromMinutes(1));
        await _process.WaitForExitAsync(limit.Token);
        return (_process.ExitCode, await _output, await _error);
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
