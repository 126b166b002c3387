using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace OpsMantik.Benchmarks.ColdStart;

/// <summary>A web program as it is deployed: published, and started by its own executable.</summary>
/// <param name="Name">For the report.</param>
/// <param name="Project">Its project file, from the repository's root.</param>
/// <param name="Path">The path that answers 200 once the program can work.</param>
/// <param name="Settings">Its environment, beside the address.</param>
/// <param name="PublishOptions">What the deployment says to <c>dotnet publish</c>, beside the configuration.</param>
internal sealed record PublishedProgram(
    string Name, string Project, string Path, IReadOnlyDictionary<string, string> Settings,
    params IReadOnlyList<string> PublishOptions)
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(1);

    // Short beside what is measured, long enough not to take the processor from the program.
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(2);

    private string Folder { get; init; } = "";

    /// <summary>Publishes a Release build as the deployment does.</summary>
    public async Task<PublishedProgram> PublishAsync(string root, string folder, CancellationToken cancellationToken)
    {
        var output = System.IO.Path.Combine(folder, System.IO.Path.GetFileNameWithoutExtension(Project));
        var start = new ProcessStartInfo(
            "dotnet",
            ["publish", Project, "-c", "Release", "-o", output, "-nodeReuse:false", "-p:UseSharedCompilation=false",
                .. PublishOptions])
        {
            WorkingDirectory = root,
            RedirectStandardOutput = true,
        };
        using var publish = Process.Start(start)!;
        var said = await publish.StandardOutput.ReadToEndAsync(cancellationToken);
        await publish.WaitForExitAsync(cancellationToken);
        return publish.ExitCode == 0
            ? this with { Folder = output }
            : throw new InvalidOperationException($"{Project} could not be published:\n{said}");
    }

    /// <summary>Starts it, waits for the first 200, and ends it.</summary>
    /// <returns>From just before the process is made to the end of the answer's head.</returns>
    public async Task<TimeSpan> MeasureAsync(CancellationToken cancellationToken)
    {
        var port = FreePort();
        var start = new ProcessStartInfo(System.IO.Path.Combine(Folder, System.IO.Path.GetFileNameWithoutExtension(Project)))
        {
            WorkingDirectory = Folder,
            RedirectStandardOutput = true,
        };
        foreach (var (name, value) in Settings)
            start.Environment[name] = value;
        start.Environment["ASPNETCORE_URLS"] = $"http://127.0.0.1:{port}";

        var clock = Stopwatch.StartNew();
        using var process = Process.Start(start)!;
        try
        {
            process.OutputDataReceived += (_, _) => { };
            process.BeginOutputReadLine();
            while (!await AnswersAsync(port, cancellationToken))
            {
                if (process.HasExited || clock.Elapsed > Patience)
                    throw new InvalidOperationException($"{Name} did not come up");
                await Task.Delay(Pause, cancellationToken);
            }

            return clock.Elapsed;
        }
        finally
        {
            process.Kill();
            await process.WaitForExitAsync(CancellationToken.None);
        }
    }

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }

    private async Task<bool> AnswersAsync(int port, CancellationToken cancellationToken)
    {
        using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        try
        {
            await socket.ConnectAsync(new IPEndPoint(IPAddress.Loopback, port), cancellationToken);
            var request = Encoding.ASCII.GetBytes($"GET {Path} HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n\r\n");
            await socket.SendAsync(request, cancellationToken);
            var head = new byte[64];
            var length = await socket.ReceiveAsync(head, cancellationToken);
            return Encoding.ASCII.GetString(head, 0, length).StartsWith("HTTP/1.1 200 ", StringComparison.Ordinal);
        }
        catch (SocketException)
        {
            return false;
        }
    }
}
