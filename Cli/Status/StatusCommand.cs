using System.CommandLine;
using Microsoft.Extensions.DependencyInjection;
using OpsMantik.Cli.Operator;
using OpsMantik.Core.Status;

namespace OpsMantik.Cli.Status;

/// <summary><c>opsmantik status</c>: what waits, what fails and why, who has to see to it.</summary>
internal static class StatusCommand
{
    private const int MostSites = 50;

    public static Command Create(TimeProvider time)
    {
        var watch = new Option<bool>("--watch") { Description = "Show it again every few seconds, until Ctrl+C." };
        var every = new Option<int>("--every")
        {
            Description = "Seconds between two looks of --watch, 1 to 3600.",
            DefaultValueFactory = _ => 5,
        };
        every.Validators.Add(Between.Validate(1, 3_600));
        var sites = new Option<int>("--sites")
        {
            Description = "Most sites to list, those that need a person first, 1 to 100000.",
            DefaultValueFactory = _ => MostSites,
        };
        sites.Validators.Add(Between.Validate(1, 100_000));
        return OperatorCommand.Create(
            "status",
            "The backlog by site and status and the age of the oldest row, sites that need a person first, circuits, failures "
            + "of the last hour with their meaning, and when each job last ended well. Exit code 1 when a site needs a person.",
            ["opsmantik status", "opsmantik status --watch --every 10", "opsmantik status --json"],
            [watch, every, sites],
            async (services, parsed, answer, stopping) =>
            {
                var reader = services.GetRequiredService<StatusReader>();
                var pause = TimeSpan.FromSeconds(parsed.GetValue(every));
                while (true)
                {
                    var report = await reader.ReadAsync(stopping);
                    answer.Give(StatusDocument.Of(report), screen =>
                    {
                        if (parsed.GetValue(watch) && screen.Profile.Capabilities.Ansi)
                            screen.Clear(home: true);
                        StatusTables.Print(screen, report, parsed.GetValue(sites));
                    });
                    if (!parsed.GetValue(watch))
                        return report.InNeed.Count == 0 ? ExitCodes.Success : ExitCodes.Failure;
                    await Task.Delay(pause, time, stopping);
                }
            });
    }
}
