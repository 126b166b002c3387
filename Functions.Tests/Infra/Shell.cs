using System.Diagnostics;

namespace OpsMantik.Functions.Tests.Infra;

/// <summary>Runs a program to its end, as a person would in a shell.</summary>
internal static class Shell
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(5);

    public static async Task<Result> RunAsync(
        string folder, string program, string[] arguments, params (string Name, string Value)[] environment)
    {
        // A path counts from the folder too; the system would count it from this process's own.
        if (program.Contains('/'))
            program = Path.Combine(folder, program);
        var start = new ProcessStartInfo(program, arguments)
        {
            WorkingDirectory = folder,
            // Nobody sits there.
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        foreach (var (name, value) in environment)
            start.Environment[name] = value;
        using var process = Process.Start(start)!;
        process.StandardInput.Close();
        using var limit = new CancellationTokenSource(Patience);
        try
        {
            var output = process.StandardOutput.ReadToEndAsync(limit.Token);
            var error = process.StandardError.ReadToEndAsync(limit.Token);
            await process.WaitForExitAsync(limit.Token);
            return new Result(process.ExitCode, await output, await error);
        }
        finally
        {
            if (!process.HasExited)
                process.Kill(entireProcessTree: true);
        }
    }

    internal sealed record Result(int ExitCode, string Output, string Error);
}
