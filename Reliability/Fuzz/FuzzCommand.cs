using System.CommandLine;
using System.Text;
using OpsMantik.Reliability.Fuzz.Http;
using OpsMantik.Reliability.Fuzz.Requests;
using OpsMantik.Testbed;
using OpsMantik.Testbed.Hosting;
using Spectre.Console;

namespace OpsMantik.Reliability.Fuzz;

/// <summary><c>fuzz</c>: bad requests to every endpoint, over real HTTP.</summary>
internal static class FuzzCommand
{
    public const int DefaultRequests = 10_000;

    public static Command Create()
    {
        var requests = ProofOptions.Count("--requests", "How many requests.", DefaultRequests);
        var seed = new Option<int>("--seed") { Description = "The same seed makes the same requests.", DefaultValueFactory = _ => 1 };
        var first = new Option<int>("--first") { Description = "Index of the first request: one that failed, with --requests 1." };
        var command = new Command("fuzz", "Bad requests to every endpoint: no 5xx, no secret, nothing stored that is not valid.")
        {
            requests, seed, first,
        };
        command.SetAction(async (parsed, _) => ReportTable.Print(
            AnsiConsole.Console,
            await RunAsync(parsed.GetValue(requests), parsed.GetValue(seed), parsed.GetValue(first))));
        return command;
    }

    public static async Task<IReadOnlyList<ScenarioResult>> RunAsync(int requests = DefaultRequests, int seed = 1, int first = 0)
    {
        await using var server = await TestbedServer.StartAsync();
        var folder = Directory.CreateTempSubdirectory("opsmantik-fuzz-");
        try
        {
            await Publishing.PublishAsync("Functions/OpsMantik.Functions.csproj", folder.FullName, CancellationToken.None);
            await using var environment = await FuzzEnvironment.StartAsync(server, folder.FullName);
            var run = new FuzzRun(environment, seed);
            var result = await run.RunAsync(first, requests);
            AnsiConsole.Console.WriteLine("answers: " + string.Join(", ", run.Statuses
                .OrderBy(status => status.Key)
                .Select(status => $"{status.Key} x {status.Value}")));
            AnsiConsole.Console.WriteLine(
                $"most read of a body: {environment.Own.Meter.MostOfBody:N0} bytes, of a connection: {environment.Own.Meter.MostOfConnection:N0} bytes");
            return [result];
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }
}

/// <summary>Bodies that never end, to every endpoint: each caller is answered, and the app stops reading.</summary>
internal static class EndlessBodies
{
    /// <summary>The app reads one byte beyond its 64 KiB, to know that there is more.</summary>
    public const int MostOfBody = (64 * 1024) + 1;

    /// <summary>
    /// The web server throws away up to 1 MiB behind an answer, so that callers who are still sending get to read it; to
    /// that add head, chunk marks and one read's buffer.
    /// </summary>
    public const int MostOfConnection = (1024 * 1024) + (128 * 1024);

    private const int ChunkLength = 16 * 1024;
    private const int MostChunks = 4_096;

    public static async Task<IReadOnlyList<string>> FindFaultsAsync(ServedTarget target)
    {
        List<string> faults = [];
        foreach (var route in FuzzRoute.All.Distinct())
        {
            foreach (var authorization in (string[])["", $"Authorization: Bearer {FuzzTarget.Secret}\r\n"])
            {
                var head = $"{route.Method} {route.Path} HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n{authorization}\r\n";
                var answers = await RawClient.SendAsync(target.Address, Endless(head), @break: true, route.Method);
                if (answers is not [{ Status: < 500 and not 200 }] && route.Method != "GET")
                    faults.Add($"endless body to {route.Path}: {(answers.Count == 0 ? "no answer" : answers[0].Status)}");
            }
        }

        if (target.Meter.MostOfBody > MostOfBody)
            faults.Add($"the app read {target.Meter.MostOfBody} bytes of a body");
        if (target.Meter.MostOfConnection > MostOfConnection)
            faults.Add($"the server read {target.Meter.MostOfConnection} bytes from a connection");
        return faults;
    }

    private static IEnumerable<ReadOnlyMemory<byte>> Endless(string head)
    {
        yield return Encoding.ASCII.GetBytes(head);
        ReadOnlyMemory<byte> chunk = Encoding.ASCII.GetBytes($"{ChunkLength:x}\r\n{new string(' ', ChunkLength)}\r\n");
        for (var sent = 0; sent < MostChunks; sent++)
            yield return chunk;
    }
}
