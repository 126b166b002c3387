using System.CommandLine;
using System.Diagnostics;
using OpsMantik.Local.GoogleEmulator;

namespace OpsMantik.Benchmarks;

/// <summary>Google's emulator in a process of its own, so that its work is not counted as the worker's.</summary>
internal sealed class EmulatorProcess : IAsyncDisposable
{
    private const string Name = "emulator";

    private readonly Process _process;

    private EmulatorProcess(Process process, (string Name, string Value)[] settings) =>
        (_process, Settings) = (process, settings);

    /// <summary>What tells a worker where it is.</summary>
    public (string Name, string Value)[] Settings { get; }

    /// <summary>What the child runs: prints its addresses and lives until its input is closed.</summary>
    public static Command CreateCommand()
    {
        var command = new Command(Name, "Google's emulator alone.") { Hidden = true };
        command.SetAction(async (_, cancellation) =>
        {
            await using var google = await GoogleEmulator.StartAsync(cancellationToken: cancellation);
            (google.KeepBodies, google.KeepAccepted) = (false, false);
            Console.WriteLine($"{google.BaseAddress} {google.TokenUri} {google.DataManagerBaseAddress}");
            await Console.In.ReadToEndAsync(cancellation);
        });
        return command;
    }

    public static async Task<EmulatorProcess> StartAsync(CancellationToken cancellation)
    {
        var program = typeof(EmulatorProcess).Assembly.Location;
        var process = Process.Start(new ProcessStartInfo("dotnet", [program, Name])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
        })!;
        var line = await process.StandardOutput.ReadLineAsync(cancellation);
        return line?.Split(' ') is [var ads, var token, var dataManager]
            ? new EmulatorProcess(process,
                [("Google:AllowOtherHosts", "true"), ("GoogleAds:BaseAddress", ads), ("GoogleAds:TokenUri", token), ("DataManager:BaseAddress", dataManager)])
            : throw new InvalidOperationException($"The emulator's process did not start; it said: {line}");
    }

    public async ValueTask DisposeAsync()
    {
        _process.StandardInput.Close();
        await _process.WaitForExitAsync();
        _process.Dispose();
    }
}
