using System.Diagnostics;

namespace OpsMantik.Functions.Tests.Cli;

/// <summary>Runs the built <c>opsmantik</c> as a process of its own, as an operator would.</summary>
internal static class CliProcess
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(2);

    public static string Program { get; } = Path.Combine(AppContext.BaseDirectory, "opsmantik.dll");

    public static Task<(int ExitCode, string Output, string Error)> RunAsync(params string[] arguments) =>
        RunAsync(null, arguments);

    /// <param name="database">Goes in as <c>ConnectionStrings__OpsMantik</c>.</param>
    /// <param name="arguments">The command line.</param>
    /// <param name="settings">Settings for its environment, colons as the configuration writes them.</param>
    /// <param name="folder">Its working folder; null for this process's own.</param>
    public static async Task<(int ExitCode, string Output, string Error)> RunAsync(
        string? database,
        string[] arguments,
        IReadOnlyDictionary<string, string?>? settings = null,
        string? folder = null)
    {
        using var process = Start(database, arguments, settings, folder);
        process.StandardInput.Close();
        using var limit = new CancellationTokenSource(Patience);
        try
        {
            var output = process.StandardOutput.ReadToEndAsync(limit.Token);
            var error = process.StandardError.ReadToEndAsync(limit.Token);
            await process.WaitForExitAsync(limit.Token);
            return (process.ExitCode, await output, await error);
        }
        catch (OperationCanceledException)
        {
            process.Kill(entireProcessTree: true);
            throw new TimeoutException($"opsmantik {arguments[0]} did not end within {Patience.TotalMinutes} minutes.");
        }
    }

    /// <summary>Starts it and leaves it running; whoever starts it ends it.</summary>
    public static Process Start(
        string? database,
        string[] arguments,
        IReadOnlyDictionary<string, string?>? settings = null,
        string? folder = null)
    {
        var start = new ProcessStartInfo("dotnet", [Program, .. arguments])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            RedirectStandardInput = true,
            WorkingDirectory = folder ?? "",
        };
        start.Environment.Remove("ConnectionStrings__OpsMantik");
        // A machine that has a proxy is told of it by doctor.
        foreach (var variable in (string[])["HTTPS_PROXY", "HTTP_PROXY", "ALL_PROXY"])
        {
            start.Environment.Remove(variable);
            start.Environment.Remove(variable.ToLowerInvariant());
        }

        if (database is not null)
            start.Environment["ConnectionStrings__OpsMantik"] = database;
        foreach (var (name, value) in settings ?? new Dictionary<string, string?>())
            start.Environment[name.Replace(":", "__", StringComparison.Ordinal)] = value;
        return Process.Start(start)!;
    }
}
