using System.CommandLine;
using Microsoft.Extensions.DependencyInjection;
using OpsMantik.Cli.Credentials;
using OpsMantik.Core.Reconciliation;
using OpsMantik.Core.Runs;
using OpsMantik.Core.Sites;
using OpsMantik.Core.Status;

namespace OpsMantik.Cli;

/// <summary><c>opsmantik reconcile</c>: asks Google what it counted, and shows it beside what was sent.</summary>
internal static class ReconcileCommand
{
    private const int MostSites = 1_000;

    public static Command Create()
    {
        var site = SiteOption.Create("Only this site, day by day. Default: all sites, one line each.");
        var days = new Option<int>("--days")
        {
            Description = $"Days to compare, back from today in the account's time zone, 1 to {ReconcileOptions.KeptDays}.",
            DefaultValueFactory = _ => ReconcileOptions.WindowDays,
        };
        days.Validators.Add(ValueFormats.Range(1, ReconcileOptions.KeptDays));
        var stored = new Option<bool>("--stored") { Description = "Do not ask Google: show what the last run stored." };
        var provider = ProviderOption.Create();
        return OperatorCommand.Create(
            "reconcile",
            "Asks Google what it counted of each site's uploads, stores it, and compares: what Google accepted against what it "
            + "counted, over 28 days. Changes no sale. Needs OPSMANTIK_VAULT_KEY. Exit code 1 when a site needs a person (a "
            + "difference above 2 % and 5 conversions) or could not be asked.",
            [
                "opsmantik reconcile",
                "opsmantik reconcile --site cafe.example",
                "opsmantik reconcile --days 7 --stored --json",
            ],
            [site, days, stored, provider],
            async (services, parsed, output, stopping) =>
            {
                var (id, key) = (await site.ReadAsync(services, parsed, stopping), parsed.GetValue(provider)!);
                if (!parsed.GetValue(stored))
                {
                    await services.GetRequiredService<WorkerTicks>().AfterAsync(
                        WorkerTicks.Reconcile, services.GetRequiredService<ReconcileRun>().RunAsync(new ReconcileRequest(id), stopping));
                }

                var reader = services.GetRequiredService<ReconciliationReader>();
                var sites = new List<SiteCounts>();
                foreach (var each in await reader.ReadAsync(key, id, MostSites, stopping))
                    sites.Add(await ReadAsync(reader, each, parsed.GetValue(days), withDays: id is not null, stopping));
                if (id is not null && sites.Count == 0)
                    throw new OperatorException($"The site {id} has no active credentials for {key}, so nothing was ever asked.", SetCommand.LineFor(id.Value));
                var names = await services.ReadSiteNamesAsync(sites.Select(each => each.Site.SiteId), stopping);
                output.Write(
                    new { sites = sites.Select(each => ReconcileDocument.Of(each, names)) },
                    console => ReconcileTables.Print(console, sites, names, detailed: id is not null));
                return sites.Any(each => each.Comparison.NeedsPerson || each.Site.FaultCode is not null)
                    ? ExitCodes.Failure
                    : ExitCodes.Success;
            });
    }

    // The stored comparison is of the usual window; any other is made from the stored days.
    private static async Task<SiteCounts> ReadAsync(
        ReconciliationReader reader, ReconciledSite site, int days, bool withDays, CancellationToken stopping)
    {
        var usual = days == ReconcileOptions.WindowDays;
        if (site.ReconciledAt is null || (usual && !withDays))
            return new SiteCounts(site, site.Comparison, []);
        var from = site.Comparison.To.AddDays(1 - days);
        var read = await reader.ReadDaysAsync(site.ProviderKey, site.SiteId, from, stopping);
        return new SiteCounts(
            site, usual ? site.Comparison : CountComparison.Of(read, from, site.Comparison.To, site.ActionSince), read);
    }
}

/// <summary>A site, the comparison of the days that were asked for, and those days where they are shown.</summary>
internal sealed record SiteCounts(ReconciledSite Site, CountComparison Comparison, IReadOnlyList<ReconciledDay> Days);

/// <summary>The counts for a program.</summary>
internal static class ReconcileDocument
{
    public static object Of(SiteCounts counts, SiteNames names) => new
    {
        counts.Site.SiteId,
        site_name = names.TitleOf(counts.Site.SiteId),
        counts.Site.ProviderKey,
        counts.Site.AttemptedAt,
        counts.Site.ReconciledAt,
        counts.Site.FaultCode,
        counts.Site.FaultMessage,
        counts.Site.AccountId,
        counts.Site.TimeZone,
        counts.Site.ActionId,
        verdict = ReconcileTables.Verdict(counts.Comparison.Verdict),
        counts.Comparison.Reason,
        counts.Comparison.From,
        counts.Comparison.To,
        counts.Comparison.Accepted,
        counts.Comparison.Counted,
        counts.Comparison.Pending,
        counts.Comparison.Missing,
        counts.Comparison.NeedsPerson,
        action = counts.Site.Cause?.Action,
        who = counts.Site.Cause is { } cause ? TextFormat.Name(cause.Who) : null,
        days = counts.Days,
        batches = counts.Site.Batches,
        told = counts.Site.Actions,
    };
}
