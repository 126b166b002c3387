using System.CommandLine;
using Microsoft.Extensions.DependencyInjection;
using OpsMantik.Core.Status;
using Spectre.Console;

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
        var site = SiteOption.Create("Only this site: what it needs, its rows that are not sent, its last batches.");
        var provider = ProviderOption.Create();
        return OperatorCommand.Create(
            "status",
            "The backlog by site and status and the age of the oldest row, sites that need a person first, circuits, failures "
            + "of the last hour with their meaning, and when each job last ended well. Exit code 1 when a site needs a person.",
            ["opsmantik status", "opsmantik status --site cafe.example", "opsmantik status --watch --every 10", "opsmantik status --json"],
            [site, watch, every, sites, provider],
            async (services, parsed, output, stopping) =>
            {
                var reader = services.GetRequiredService<StatusReader>();
                var pause = TimeSpan.FromSeconds(parsed.GetValue(every));
                var (id, key) = (await site.ReadAsync(services, parsed, stopping), parsed.GetValue(provider)!);
                while (true)
                {
                    var (document, print, isWell) = id is { } one
                        ? Of(await reader.ReadSiteAsync(one, key, stopping) ?? throw Unknown(one, key))
                        : Of(await reader.ReadAsync(stopping), parsed.GetValue(sites));
                    output.Write(document, console =>
                    {
                        if (parsed.GetValue(watch) && console.Profile.Capabilities.Ansi)
                            console.Clear(home: true);
                        print(console);
                    });
                    if (!parsed.GetValue(watch))
                        return isWell ? ExitCodes.Success : ExitCodes.Failure;
                    await Task.Delay(pause, time, stopping);
                }
            });
    }

    private static (object Document, Action<IAnsiConsole> Print, bool IsWell) Of(StatusReport report, int most) =>
        (StatusDocument.Create(report), console => StatusTables.Print(console, report, most), report.InNeed.Count == 0);

    private static (object Document, Action<IAnsiConsole> Print, bool IsWell) Of(SiteReport report) =>
        (StatusDocument.Create(report), console => SiteTables.Print(console, report), report.State.Need == SiteNeed.Nothing);

    private static OperatorException Unknown(Guid site, string provider) =>
        new($"The site {site} has had no row, no upload and no open circuit at {provider}.", $"opsmantik credentials show --site {site}");
}

/// <summary>The status for a program.</summary>
internal static class StatusDocument
{
    public static object Create(StatusReport report) => new
    {
        report.TakenAt,
        report.Providers,
        sites = report.Ordered.Select(Document),
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

    public static object Create(SiteReport report) => new
    {
        report.State.TakenAt,
        site = Document(report.State),
        meaning = report.State.Cause?.Meaning,
        action = report.State.Cause?.Action,
        who = report.State.Cause is { } cause ? TextFormat.Name(cause.Who) : null,
        report.Rows,
        report.Ledger,
        report.Corrections,
    };

    private static object Document(SiteState site) => new
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
        who = site.Need == SiteNeed.Nothing ? null : TextFormat.Name(NeedText.WhoActs(site.Cause)),
        command = site.Need == SiteNeed.Nothing ? null : NeedText.Command(site.Need, $"{site.SiteId}"),
    };
}
