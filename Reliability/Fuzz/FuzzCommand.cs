using System.CommandLine;
using OpsMantik.Reliability.Report;
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
            await using var bed = await FuzzBed.StartAsync(server, folder.FullName);
            var run = new FuzzRun(bed, seed);
            var result = await run.RunAsync(first, requests);
            AnsiConsole.Console.WriteLine("answers: " + string.Join(", ", run.Statuses
                .OrderBy(status => status.Key)
                .Select(status => $"{status.Key} x {status.Value}")));
            AnsiConsole.Console.WriteLine(
                $"most read of a body: {bed.Own.Meter.MostOfBody:N0} bytes, of a connection: {bed.Own.Meter.MostOfConnection:N0} bytes");
            return [result];
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }
}
