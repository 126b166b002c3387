using System.CommandLine;
using System.Globalization;
using System.Text.Encodings.Web;
using System.Text.Json;
using Microsoft.Extensions.DependencyInjection;
using OpsMantik.Core.Operations;
using OpsMantik.Core.Sites;
using Spectre.Console;

namespace OpsMantik.Cli;

/// <summary><c>opsmantik preview</c>: the request that would go out next. Claims nothing, sends nothing.</summary>
internal static class PreviewCommand
{
    private const int MostRows = 2_000;

    private static readonly JsonSerializerOptions Indented = new()
    {
        WriteIndented = true,
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    public static Command Create()
    {
        var site = SiteOption.Create("Whose rows.");
        var sale = new Option<string?>("--sale") { Description = $"Only this sale, due or not: its id or its row's. {RowReference.Form}" };
        var limit = new Option<int>("--limit")
        {
            Description = $"Most rows, 1 to {MostRows}.",
            DefaultValueFactory = _ => MostRows,
        };
        limit.Validators.Add(ValueFormats.Range(1, MostRows));
        var provider = ProviderOption.Create();
        return OperatorCommand.Create(
            "preview",
            "Shows the request that would go out next for a site, secrets redacted, of hashed identifiers the first six digits, and "
            + "which rows would end without being sent. Claims nothing and sends nothing: a worker may take the rows meanwhile. Needs the vault "
            + "key. Exit code 1 when nothing could be sent though rows are due.",
            [
                "opsmantik preview --site cafe.example",
                "opsmantik preview --site cafe.example --limit 5 --json",
                "opsmantik preview --sale phone-1017",
            ],
            [site, sale, limit, provider],
            async (services, parsed, output, stopping) =>
            {
                var (named, key) = (await site.ReadAsync(services, parsed, stopping), parsed.GetValue(provider)!);
                var row = parsed.GetValue(sale) is { } typed ? await RowReference.FindAsync(services, typed, named, output, stopping) : null;
                var id = row?.SiteId ?? named ?? throw new OperatorException("Say whose rows: --site <site> or --sale <sale>.", SiteOption.List);
                if (row is not null and not { Status: "QUEUED" or "RETRY" })
                    throw new OperatorException($"Nothing of this sale goes out: its row is {row.Status}.", $"opsmantik row show {row.SaleId}");
                var preview = await services.GetRequiredService<UploadPreviewReader>()
                    .ReadAsync(id, key, row?.Id, parsed.GetValue(limit), stopping)
                    ?? throw new OperatorException($"There is no site {id}, or no provider {key}.", SiteOption.List);
                var names = await services.ReadSiteNamesAsync([id], stopping);
                output.Write(Document(id, names, preview), console =>
                {
                    if (names.TitleOf(id) is not null)
                        console.Verbatim($"site {names.Show(id)}");
                    Print(console, preview);
                });
                return preview.Fault is null || preview.Due == 0 ? ExitCodes.Success : ExitCodes.Failure;
            });
    }

    private static object Document(Guid site, SiteNames names, UploadPreview preview) => new
    {
        site_id = site,
        site_name = names.TitleOf(site),
        preview.Circuit,
        preview.NextProbeAt,
        preview.Due,
        preview.NextDueAt,
        preview.Fault,
        rows = preview.RowIds,
        readings = preview.Readings,
        request = preview.Request is { } request
            ? new
            {
                request.Method,
                request.Address,
                headers = request.Headers.ToDictionary(),
                body = JsonSerializer.Deserialize<JsonElement>(request.Body),
            }
            : null,
        held_back = preview.HeldBack.Select(held => new
        {
            row = held.Key,
            outcome = held.Value.Kind.ToString().ToUpperInvariant(),
            held.Value.Code,
            held.Value.Message,
        }),
    };

    private static void Print(IAnsiConsole console, UploadPreview preview)
    {
        console.Verbatim(string.Create(
            CultureInfo.InvariantCulture, $"{preview.Due:N0} rows are due, {preview.RowIds.Count:N0} would be taken next."));
        if (preview.NextDueAt is { } next)
            console.Verbatim($"The next of the waiting rows is due at {TextFormat.Utc(next)}.");
        if (preview.Circuit == "OPEN")
        {
            console.Verbatim(preview.NextProbeAt is { } probe
                ? $"The circuit is OPEN: nothing goes out before {TextFormat.Utc(probe)}."
                : "The circuit is isolated: nothing goes out until it is closed by hand.");
        }

        if (preview.Fault is { } fault)
            console.Verbatim(fault);
        foreach (var (row, outcome) in preview.HeldBack)
            console.Verbatim($"row {row} would not be sent: {outcome.Code}: {outcome.Message}");
        foreach (var row in preview.Readings.Where(row => row.Value is not null))
        {
            console.Verbatim(
                $"row {row.Id}: {row.Value}, sold {TextFormat.UtcOrDash(row.Time)}{string.Concat(row.Notes.Select(note => $"; {note}"))}");
        }

        if (preview.Request is not { } request)
            return;

        console.Verbatim("");
        console.Verbatim($"{request.Method} {request.Address}");
        foreach (var (name, value) in request.Headers)
            console.Verbatim($"{name}: {value}");
        console.Verbatim("");
        foreach (var line in JsonSerializer.Serialize(JsonSerializer.Deserialize<JsonElement>(request.Body), Indented).Split('\n'))
            console.Verbatim(line.TrimEnd('\r'));
    }
}
