using System.CommandLine;
using Microsoft.Extensions.DependencyInjection;
using OpsMantik.Core.Status;

namespace OpsMantik.Cli;

/// <summary><c>opsmantik status</c>: what waits, what fails and why, who has to act.</summary>
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
        every.Validators.Add(ValueFormats.Range(1, 3_600));
        var sites = new Option<int>("--sites")
        {
            Description = "Most sites to list, those that need a person first, 1 to 100000.",
            DefaultValueFactory = _ => MostSites,
        };
        sites.Validators.Add(ValueFormats.Range(1, 100_000));
        return OperatorCommand.Create(
            "status",
            "The backlog by site and status and the age of the oldest row, sites that need a person first, circuits, failures "
            + "of the last hour with their meaning, and when each job last ended well. Exit code 1 when a site needs a person.",
            ["opsmantik status", "opsmantik status --watch --every 10", "opsmantik status --json"],
            [watch, every, sites],
            async (services, parsed, output, stopping) =>
            {
                var reader = services.GetRequiredService<StatusReader>();
                var pause = TimeSpan.FromSeconds(parsed.GetValue(every));
                while (true)
                {
                    var report = await reader.ReadAsync(stopping);
                    output.Write(StatusDocument.Create(report), console =>
                    {
                        if (parsed.GetValue(watch) && console.Profile.Capabilities.Ansi)
                            console.Clear(home: true);
                        StatusTables.Print(console, report, parsed.GetValue(sites));
                    });
                    if (!parsed.GetValue(watch))
                        return report.InNeed.Count == 0 ? ExitCodes.Success : ExitCodes.Failure;
                    await Task.Delay(pause, time, stopping);
                }
            });
    }
}

/// <summary>The status for a program.</summary>
internal static class StatusDocument
{
    public static object Create(StatusReport report) => new
    {
        report.TakenAt,
        report.Providers,
        sites = report.Ordered.Select(site => new
        {
            site.SiteId,
            site.SiteName,
            site.ProviderKey,
            site.Waiting,
            site.OldestAt,
            site.Retry,
            site.Processing,
            site.Submitted,
            site.Failed,
            site.FailedToday,
            site.Completed,
            site.Corrections,
            site.Circuit,
            site.Isolated,
            need = site.Need == SiteNeed.Nothing ? null : NeedText.Render(site.Need),
            cause = site.Cause?.Code,
        }),
        circuits = report.Circuits.Select(site => new
        {
            site.SiteId,
            site.SiteName,
            site.ProviderKey,
            state = site.Circuit,
            site.Isolated,
            failure_count = site.Failures,
            site.OpenedAt,
            site.NextProbeAt,
        }),
        failures_last_hour = report.LastHour.Select(failure => new
        {
            failure.Category,
            failure.Code,
            failure.Rows,
            failure.Sites,
            meaning = failure.Meaning.Meaning,
            action = failure.Meaning.Action,
            who = TextFormat.Name(failure.Meaning.Who),
        }),
        report.Ticks,
    };
}
