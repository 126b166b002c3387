using System.CommandLine;
using OpsMantik.Reliability.Report;
using OpsMantik.Testbed;
using Spectre.Console;

namespace OpsMantik.Reliability.Fuzz;

/// <summary><c>fuzz</c>: bad requests to every endpoint, over real HTTP.</summary>
internal static class FuzzCommand
{
    public static Command Create()
    {
        var requests = new Option<int>("--requests") { Description = "How many requests.", DefaultValueFactory = _ => 10_000 };
        var seed = new Option<int>("--seed") { Description = "The same seed makes the same requests.", DefaultValueFactory = _ => 1 };
        var first = new Option<int>("--first") { Description = "Index of the first request: one that failed, with --requests 1." };
        var command = new Command("fuzz", "Bad requests to every endpoint: no 5xx, no secret, nothing stored that is not valid.")
        {
            requests, seed, first,
        };
        command.SetAction(async (parsed, cancellation) =>
        {
            await using var server = await TestbedServer.StartAsync(cancellation: cancellation);
            await using var bed = await FuzzBed.StartAsync(server);
            var run = new FuzzRun(bed, parsed.GetValue(seed));
            var result = await run.RunAsync(parsed.GetValue(first), parsed.GetValue(requests));
            AnsiConsole.Console.WriteLine("answers: " + string.Join(", ", run.Statuses
                .OrderBy(status => status.Key)
                .Select(status => $"{status.Key} x {status.Value}")));
            AnsiConsole.Console.WriteLine(
                $"most read of a body: {Math.Max(bed.Own.Meter.MostOfBody, bed.UnderHost.Meter.MostOfBody):N0} bytes, of a connection: "
                + $"{Math.Max(bed.Own.Meter.MostOfConnection, bed.UnderHost.Meter.MostOfConnection):N0} bytes");
            return ReportTable.Print(AnsiConsole.Console, [result]);
        });
        return command;
    }
}
