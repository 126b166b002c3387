using System.CommandLine;
using Microsoft.Extensions.DependencyInjection;
using OpsMantik.Core;
using OpsMantik.Core.Operations;

namespace OpsMantik.Cli;

/// <summary><c>opsmantik requeue</c>: shows which rows would go again, asks, and sends them.</summary>
internal static class RequeueCommand
{
    private static readonly string[] Categories = ["VALIDATION", "AUTH", "TRANSIENT", "RATE_LIMIT", "CONFIGURATION"];

    public static Command Create()
    {
        var site = SiteOption.Create("Only this site's rows.");
        var everySite = new Option<bool>("--all-sites") { Description = "The rows of every site." };
        var status = new Option<string>("--status") { Description = "FAILED, or RETRY to end a wait.", DefaultValueFactory = _ => "FAILED" };
        status.AcceptOnlyFromAmong("FAILED", "RETRY");
        var category = new Option<string?>("--category") { Description = "Only this error category, as AUTH." };
        var code = new Option<string?>("--code") { Description = "Only this error code, as INVALID_GRANT." };
        var since = new Option<DateTimeOffset?>("--since")
        {
            Description = "Only rows that ended, or were put off, at this time or later, as 2026-11-24T08:00Z.",
        };
        var completed = new Option<bool>("--include-completed")
        {
            Description = "Instead: rows that Google has. Only with --sale; it gets them again under the same order id.",
        };
        var corrections = new Option<bool>("--corrections")
        {
            Description = "Instead: corrections, as of canceled sales; those that still say how the sale is.",
        };
        var sales = new Option<string[]>("--sale") { Description = $"Only this sale, by its id; may be given several times. {RowReference.Form}" };
        var dryRun = new Option<bool>("--dry-run") { Description = "Show how many and why, and change nothing." };
        var (provider, actor, yes) = (ProviderOption.Create(), ActorOption.Create(), YesOption.Create());
        return OperatorCommand.Create(
            "requeue",
            "Sends rows again that FAILED, or wait as RETRY: attempts start anew, and the audit gets a line. Shows how many "
            + "and why, and asks first. Rows being sent, and rows that wait for Google's result, are never touched. Exit code 1 when you answered no.",
            [
                "opsmantik requeue --site cafe.example --category AUTH",
                "opsmantik requeue --all-sites --status RETRY --code VAULT_KEY_UNKNOWN --yes",
                "opsmantik requeue --corrections --all-sites --category AUTH",
                "opsmantik requeue --include-completed --sale phone-1017",
            ],
            [site, everySite, status, category, code, since, completed, corrections, sales, provider, actor, dryRun, yes],
            async (services, parsed, output, stopping) =>
            {
                var named = parsed.GetValue(sales) is { Length: > 0 } typed ? typed : null;
                if (parsed.GetValue(site) is null && !parsed.GetValue(everySite) && named is null)
                    throw new OperatorException("Say whose rows: --site <site>, --sale <sale>, or --all-sites.", "opsmantik requeue --all-sites --dry-run");
                if (parsed.GetValue(site) is not null && parsed.GetValue(everySite))
                    throw new OperatorException("--site and --all-sites contradict each other: give one of them.");
                if (parsed.GetValue(category) is { } wanted && !Categories.Contains(wanted.ToUpperInvariant()))
                    throw new OperatorException($"--category must be one of {string.Join(", ", Categories)}.");
                if (parsed.GetValue(completed) && named is null)
                    throw new OperatorException("--include-completed needs the sales spelled out: --sale <sale>.");
                var isCorrections = parsed.GetValue(corrections);
                if (isCorrections && parsed.GetValue(completed))
                    throw new OperatorException("--corrections and --include-completed contradict each other: Google has those.");
                var what = isCorrections ? "corrections" : "rows";
                var id = await site.ReadAsync(services, parsed, stopping);
                var filter = new RequeueFilter
                {
                    Status = parsed.GetValue(completed) ? "COMPLETED" : parsed.GetValue(status)!,
                    Corrections = isCorrections,
                    ProviderKey = parsed.GetValue(provider)!,
                    SiteId = id,
                    Category = parsed.GetValue(category)?.ToUpperInvariant(),
                    Code = parsed.GetValue(code),
                    Since = parsed.GetValue(since),
                    SaleIds = named is null ? null : await RowReference.FindSalesAsync(services, named, id, output, stopping),
                };
                var requeueing = services.GetRequiredService<Requeueing>();
                var preview = await requeueing.PreviewAsync(filter, stopping);
                var rows = preview.Sum(line => line.Rows);
                foreach (var line in preview)
                    output.WriteLine(Describe(line));
                if (rows == 0 || parsed.GetValue(dryRun)
                    || !YesOption.Confirm(output, parsed.GetValue(yes), $"Send {TextFormat.Number(rows)} {what} again?"))
                {
                    output.Write(
                        new { matched = rows, requeued = 0L, causes = preview.Select(Document) },
                        console => console.Verbatim(rows == 0 ? $"No {what} match; nothing was changed." : "Nothing was changed."));
                    return rows == 0 || parsed.GetValue(dryRun) ? ExitCodes.Success : ExitCodes.Failure;
                }

                var requeued = await requeueing.RequeueAsync(filter, parsed.GetValue(actor)!, stopping);
                output.Write(
                    new { matched = rows, requeued, causes = preview.Select(Document) },
                    console => console.Verbatim($"{TextFormat.Number(requeued)} {what} are QUEUED; the next upload run sends them."));
                return ExitCodes.Success;
            });
    }

    /// <summary>After a site's credentials were renewed: sends again what failed for the old ones, if that is wanted.</summary>
    /// <param name="unasked">Yes, without a question.</param>
    /// <returns>How many rows are QUEUED anew.</returns>
    public static async Task<long> OfferAsync(
        IServiceProvider services, CommandOutput output, Guid site, bool unasked, string actor, CancellationToken stopping)
    {
        var filter = new RequeueFilter { Status = "FAILED", SiteId = site, Category = "AUTH" };
        var requeueing = services.GetRequiredService<Requeueing>();
        var preview = await requeueing.PreviewAsync(filter, stopping);
        var rows = preview.Sum(line => line.Rows);
        if (rows == 0)
            return 0;
        foreach (var line in preview)
            output.WriteLine(Describe(line));
        if (!unasked && (Console.IsInputRedirected || !YesOption.Confirm(output, yes: false, $"Send {TextFormat.Number(rows)} rows again?")))
        {
            output.WriteLine($"To send them again: opsmantik requeue --site {site} --category AUTH");
            return 0;
        }

        var requeued = await requeueing.RequeueAsync(filter, actor, stopping);
        output.WriteLine($"{TextFormat.Number(requeued)} rows are QUEUED; the next upload run sends them.");
        return requeued;
    }

    private static object Document(RequeueLine line) => new
    {
        line.Status,
        line.Category,
        line.Code,
        line.Rows,
        meaning = MeaningOf(line),
    };

    private static string? MeaningOf(RequeueLine line) =>
        (line.Code ?? line.Category) is null ? null : ErrorMeanings.Of(line.Code, line.Category).Meaning;

    private static string Describe(RequeueLine line) =>
        $"{TextFormat.Number(line.Rows),10}  {line.Status}  {line.Category ?? "-"}  {line.Code ?? "-"}"
        + (MeaningOf(line) is { } meaning ? $": {meaning}" : "");
}
