using System.Diagnostics;

namespace OpsMantik.Local.Processes;

/// <summary>Runs programs to their end. Arguments are passed as a list, never through a shell.</summary>
internal static class ChildProcess
{
    /// <summary>Runs a program and gathers its output; kills it, with its children, when the time is over.</summary>
    /// <exception cref="TimeoutException">It did not end in time.</exception>
    public static async Task<ChildResult> RunAsync(
        Command command, TimeSpan timeout, CancellationToken cancellation = default)
    {
        using var process = Process.Start(command.ToStartInfo())!;
        process.StandardInput.Close();
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        limit.CancelAfter(timeout);
        try
        {
            var output = process.StandardOutput.ReadToEndAsync(limit.Token);
            var error = process.StandardError.ReadToEndAsync(limit.Token);
            await process.WaitForExitAsync(limit.Token);
            return new ChildResult(process.ExitCode, await output, await error);
        }
        catch (OperationCanceledException)
        {
            process.Kill(entireProcessTree: true);
            cancellation.ThrowIfCancellationRequested();
            throw new TimeoutException($"{command.Name} did not end within {timeout.TotalSeconds:0} seconds.");
        }
    }
}
