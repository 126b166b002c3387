using System.Collections.Concurrent;
using System.CommandLine;
using System.Diagnostics;
using OpsMantik.Local.GoogleEmulator;
using OpsMantik.Testbed;
using OpsMantik.Testbed.Hosting;
using OpsMantik.Testbed.Workers;
using Spectre.Console;

namespace OpsMantik.Reliability.Load;

/// <summary>
/// <c>calls --requests 50000</c>: calls of the packed function app below the double of the Functions host. A public report
/// (https://github.com/Azure/azure-functions-dotnet-worker/issues/3348) tells of calls that time out before they start.
/// </summary>
internal static class CallsCommand
{
    public const int DefaultRequests = 50_000;

    private const int AtOnce = 32;

    public static Command Create()
    {
        var requests = ProofOptions.Count("--requests", "How many calls.", DefaultRequests);
        var command = new Command("calls", "Calls of the function app below the Functions host, 32 at once: none is lost.") { requests };
        command.SetAction(async (parsed, stopping) => ReportTable.Print(
            AnsiConsole.Console, [await RunAsync(parsed.GetValue(requests), stopping)]));
        return command;
    }

    public static async Task<ScenarioResult> RunAsync(int requests = DefaultRequests, CancellationToken stopping = default)
    {
        var folder = Directory.CreateTempSubdirectory("opsmantik-calls-");
        try
        {
            await Publishing.PublishAsync("Functions/OpsMantik.Functions.csproj", folder.FullName, stopping);
            await using var server = await TestbedServer.StartAsync(cancellation: stopping);
            await using var database = await server.CreateDatabaseAsync();
            await using var google = await GoogleEmulator.StartAsync(cancellationToken: stopping);
            await using var host = await FunctionsHost.StartAsync(
                folder.FullName, WorkerSettings.For(database.WorkerConnectionString, google));
            return await CallAsync(host, requests, stopping);
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    private static async Task<ScenarioResult> CallAsync(FunctionsHost host, int requests, CancellationToken stopping)
    {
        using var http = new HttpClient { BaseAddress = host.Address };
        var faults = new ConcurrentQueue<string>();
        var longest = TimeSpan.Zero;
        var gate = new Lock();
        await Parallel.ForEachAsync(
            Enumerable.Range(1, requests),
            new ParallelOptions { MaxDegreeOfParallelism = AtOnce, CancellationToken = stopping },
            async (call, cancellation) =>
            {
                var started = Stopwatch.GetTimestamp();
                try
                {
                    using var response = await http.GetAsync("/api/health", cancellation);
                    if (!response.IsSuccessStatusCode)
                        faults.Enqueue($"call {call}: {(int)response.StatusCode}");
                }
                catch (HttpRequestException exception)
                {
                    faults.Enqueue($"call {call}: {exception.Message}");
                }

                var took = Stopwatch.GetElapsedTime(started);
                lock (gate)
                    longest = took > longest ? took : longest;
            });
        return new ScenarioResult("calls below the Functions host", 1, requests, faults.Count, 0, 0, 0, longest, [.. faults.Take(10)]);
    }
}
