using System.CommandLine;
using System.Globalization;
using Microsoft.Extensions.DependencyInjection;
using OpsMantik.Core;
using OpsMantik.Core.Operations;
using OpsMantik.Core.Sites;

namespace OpsMantik.Cli;

/// <summary><c>opsmantik row</c>: the history of one sale in the queue.</summary>
internal static class RowCommand
{
    public static Command Create()
    {
        var id = new Argument<string>("id") { Description = $"The row's id, or the sale's. {RowReference.Form}" };
        var site = SiteOption.Create("Only among this site's rows.");
        var show = OperatorCommand.Create(
            "show",
            "What became of a sale: how it stands and what that means, its requests and Google's answers, its retries, the "
            + "batches of its site since it was queued, and what people did. Exit code 1 when it failed.",
            [
                "opsmantik row show 33333333-3333-3333-3333-333333333333",
                "opsmantik row show phone-1017 --site cafe.example --json",
            ],
            [site],
            async (services, parsed, output, stopping) =>
            {
                var found = await RowReference.FindAsync(
                    services, parsed.GetValue(id)!, await site.ReadAsync(services, parsed, stopping), output, stopping);
                var history = await services.GetRequiredService<RowHistoryReader>().FindAsync(found.Id, stopping)
                    ?? throw RowReference.Unknown(parsed.GetValue(id)!);
                var names = await services.ReadSiteNamesAsync([history.Row.SiteId], stopping);
                history = history with { Row = history.Row with { SiteName = names.TitleOf(history.Row.SiteId) } };
                output.Write(history, console =>
                {
                    foreach (var line in RowText.Render(history))
                        console.Verbatim(line);
                });
                return history.Row.Status == "FAILED" ? ExitCodes.Failure : ExitCodes.Success;
            });
        show.Add(id);
        return new Command("row", "Looks at single rows of the queue.") { show };
    }
}

/// <summary>Which row a command is about: by an id of ours, or by what a customer, a dashboard or Google calls its sale.</summary>
internal static class RowReference
{
    public const string Form = "Or its external reference, order id or click id: those two may take a minute in a large queue.";

    /// <exception cref="OperatorException">No row is called so, or several are.</exception>
    public static async Task<FoundRow> FindAsync(
        IServiceProvider services, string typed, Guid? site, CommandOutput output, CancellationToken cancellationToken)
    {
        typed = typed.Trim();
        var rows = await services.GetRequiredService<RowFinder>().FindAsync(
            typed, site, () => output.WriteLine($"No sale has the id or reference '{typed}'; reading the queue for an order id or click id."), cancellationToken);
        if (rows is [var one])
            return one;
        if (rows.Count == 0)
            throw Unknown(typed);
        var names = await services.ReadSiteNamesAsync(rows.Select(row => row.SiteId), cancellationToken);
        throw new OperatorException(Ambiguous(typed, rows, names), $"opsmantik row show {rows[^1].SaleId}");
    }

    /// <summary>The sales of several; an id is taken for a sale's as it is.</summary>
    /// <exception cref="OperatorException">As of <see cref="FindAsync"/>.</exception>
    public static async Task<Guid[]> FindSalesAsync(
        IServiceProvider services, string[] typed, Guid? site, CommandOutput output, CancellationToken cancellationToken)
    {
        var sales = new List<Guid>();
        foreach (var one in typed)
            sales.Add(Guid.TryParse(one, out var id) ? id : (await FindAsync(services, one, site, output, cancellationToken)).SaleId);
        return [.. sales];
    }

    public static OperatorException Unknown(string typed) =>
        new($"No row of the queue has the id '{typed}', nor has its sale such an id, reference, order id or click id.", "opsmantik status");

    // What is quoted may not begin a line of its own.
    internal static string Ambiguous(string typed, IReadOnlyList<FoundRow> rows, SiteNames names) => string.Join('\n',
    [
        $"'{VisibleText.Escape(typed)}' is {(rows.Count < RowFinder.MaxFound ? rows.Count : "very many")} sales. Give the id of one, the youngest is the last:",
        .. rows.Select(row => $"  {row.SaleId}  {row.Status}, queued {TextFormat.Utc(row.QueuedAt)}, {VisibleText.Escape(names.Show(row.SiteId))}"),
    ]);
}

/// <summary>A row's history for a person.</summary>
internal static class RowText
{
    public static IEnumerable<string> Render(RowHistory history) =>

    [
        .. Status(history.Row, history.Reading), .. Meaning(history.Row), .. Request(history), .. Corrections(history), .. Batches(history),
        .. Audit(history),
    ];

    private static IEnumerable<string> Status(HistoryRow row, RowReading reading)
    {
        yield return Line("row", $"{row.Id}");
        yield return Line("sale", $"{row.SaleId}");
        yield return Line("site", $"{row.SiteId}{(row.SiteName is { } name ? $" {name}" : "")} ({row.ProviderKey})");
        yield return Line("click", row.Click ?? "none");
        yield return Line("sold", string.Create(
            CultureInfo.InvariantCulture,
            $"{TextFormat.Utc(reading.Time ?? row.ConversionTime)}, {reading.Value ?? $"{row.ValueCents} minor units of {row.Currency}"}"));
        if (reading.Identifiers > 0)
            yield return Line("identifiers", $"{reading.Identifiers} hashed");
        foreach (var note in reading.Notes)
            yield return Line("reading", note);
        yield return Line("queued", TextFormat.Utc(row.CreatedAt));
        yield return Line("status", $"{row.Status}, since {TextFormat.Utc(row.UpdatedAt)}");
        yield return Line("claims", $"{row.Claims} that may have reached Google, {row.Attempts} attempts spent since it was last queued");
        if (row.ClaimedAt is { } claimed)
            yield return Line("claimed", TextFormat.Utc(claimed));
        if (row.NextRetryAt is { } next && row.Status is "QUEUED" or "RETRY")
            yield return Line("next try", TextFormat.UtcOrDash(row.NextRetryAt));
        if (row.Reference is not null)
            yield return Line("order id", row.Reference);
    }

    private static IEnumerable<string> Meaning(HistoryRow row)
    {
        if (row.Code is not null || row.Message is not null)
            yield return Line("answer", $"{row.Code ?? row.Message} ({row.Category ?? "no category"})");
        if (row.Message is not null && row.Code is not null)
            yield return Line("message", row.Message);
        if (row.Meaning is not { } meaning)
            yield break;
        yield return Line("meaning", meaning.Meaning);
        yield return Line("to do", $"{meaning.Action} ({TextFormat.Name(meaning.Who)})");
    }

    private static IEnumerable<string> Request(RowHistory history)
    {
        if (history.Row.RequestId is not { } id)
            yield break;
        yield return Line("request", history.Row.RequestIndex is { } place
            ? $"{id}, place {place.ToString(CultureInfo.InvariantCulture)}"
            : id);
        if (history.Request is { } request)
        {
            yield return Line("submitted", $"{TextFormat.Utc(request.SubmittedAt)}, asked {request.Checks} times, " + (request.SettledAt is { } settled
                ? $"settled {TextFormat.Utc(settled)}"
                : $"to be asked {TextFormat.Utc(request.NextCheckAt)}"));
        }
    }

    private static IEnumerable<string> Corrections(RowHistory history)
    {
        if (history.Corrections.Count > 0)
            yield return "the sale changed after it was sent:";
        foreach (var change in history.Corrections)
        {
            yield return $"  {TextFormat.Utc(change.At)}  {(change.Value is { } value ? $"restate to {value}" : "retract")}: {change.Status}, "
                + $"since {TextFormat.Utc(change.Since)}"
                + (change.Status is "QUEUED" or "RETRY" && change.NextRetryAt is { } next ? $", next try {TextFormat.Utc(next)}" : "")
                + (change.Code is { } code ? $", {code}" : "");
            if (change.Message is { } message)
                yield return $"    {message}";
            if (change is { Status: "FAILED", Meaning: { } meaning })
                yield return $"    {meaning.Action} ({TextFormat.Name(meaning.Who)})";
        }
    }

    private static IEnumerable<string> Batches(RowHistory history)
    {
        if (history.Batches.Count > 0)
            yield return "batches of its site since then:";
        foreach (var batch in history.Batches)
        {
            yield return batch.Phase == "STARTED"
                ? $"  {TextFormat.Utc(batch.At)}  claimed {batch.Claimed} rows"
                : $"  {TextFormat.Utc(batch.At)}  completed={batch.Completed ?? 0} failed={batch.Failed ?? 0} retry={batch.Retry ?? 0} "
                  + $"submitted={batch.Submitted ?? 0} {batch.Code}{(batch.Own ? "  <- its request" : "")}".TrimEnd();
        }
    }

    private static IEnumerable<string> Audit(RowHistory history)
    {
        if (history.Audit.Count > 0)
            yield return "by hand since then:";
        foreach (var line in history.Audit)
        {
            yield return $"  {TextFormat.Utc(line.At)}  {line.Actor}: {line.Action}, {line.Rows} {(line.Rows == 1 ? "row" : "rows")}"
                + (line.Everywhere ? " of all sites" : "")
                + (line.Login is { } login ? $" (login {login}{(line.Address is { } address ? $" from {address}" : "")})" : "");
        }
    }

    private static string Line(string name, string value) => $"{name,-12}{value}";
}
