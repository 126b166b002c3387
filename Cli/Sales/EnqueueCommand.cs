using System.CommandLine;
using Microsoft.Extensions.DependencyInjection;
using OpsMantik.Core.Conversions;
using OpsMantik.Core.Operations;
using OpsMantik.Core.Sites;

namespace OpsMantik.Cli.Sales;

/// <summary><c>opsmantik enqueue</c>: sales of a file into the queue, after a check of every line.</summary>
internal static class EnqueueCommand
{
    private const int MostFaultsShown = 20;

    private const int MostSalesShown = 3;

    public static Command Create()
    {
        var file = new Option<FileInfo>("--file") { Description = "CSV with a header: ours, Google's template, or the usual names.", Required = true };
        var dryRun = new Option<bool>("--dry-run") { Description = "Look at every line, and write nothing." };
        var rejects = new Option<FileInfo?>("--rejects")
        {
            Description = "Enqueue the good lines, and write the others there, each with its reason: mend and give them again.",
        };
        var options = new SalesOptions();
        var (actor, yes) = (ActorOption.Create(), YesOption.Create());
        return OperatorCommand.Create(
            "enqueue",
            "Puts confirmed sales into the queue that the dashboard did not. Looks at every line first, says how it reads the file, and "
            + "asks; one faulty line and nothing is written, unless --rejects is given. A sale is known by its site and external_ref (or "
            + "order id), so the same file may be given again: what is there stays as it is. E-mail addresses and telephone numbers are "
            + "hashed before anything is stored. Exit code 1 when lines were refused, or you answered no.",
            [
                "opsmantik enqueue --file sales.csv --dry-run",
                "opsmantik enqueue --file template.csv --site cafe.example --rejects no.csv",
                "opsmantik enqueue --file sales.csv --yes --json",
            ],
            [file, dryRun, rejects, .. options.All, actor, yes],
            async (services, parsed, output, stopping) =>
            {
                var (source, refusedTo) = (parsed.GetValue(file)!, parsed.GetValue(rejects));
                var csv = EnqueueFile.Open(source, await options.ReadAsync(services, parsed, stopping));
                var sites = await services.GetRequiredService<SiteDirectory>().FindAllAsync(csv.SiteTexts, stopping);
                csv.Read(sites, services.GetRequiredService<Currencies>(), services.GetRequiredService<TimeProvider>().GetUtcNow());
                var import = services.GetRequiredService<SalesImport>();
                var checks = await import.CheckAsync(csv.Sales, stopping);
                var faults = new SortedDictionary<int, string>(csv.Faults.ToDictionary());
                foreach (var sale in checks.Where(sale => sale.Fault is not null))
                    faults.TryAdd(sale.Line, sale.Fault!);
                if (faults.Count > 0 && refusedTo is null)
                    return Refuse(output, source, faults);

                WriteReading(output, source, csv, services.GetRequiredService<Currencies>());
                var preview = EnqueuePreview.From(checks, faults.Count);
                preview.WriteTo(output);
                if (refusedTo is not null && faults.Count > 0)
                {
                    csv.WriteRejects(refusedTo, faults);
                    output.WriteLine($"{TextFormat.Number(faults.Count)} lines are in {refusedTo.Name}, each with its reason.");
                }

                if (parsed.GetValue(dryRun) || preview.ToQueue == 0
                    || !YesOption.Confirm(output, parsed.GetValue(yes), $"Put {TextFormat.Number(preview.ToQueue)} sales into the queue?"))
                {
                    output.Write(
                        preview.Document(0),
                        console => console.Verbatim(preview.ToQueue == 0 ? "Nothing to do." : "Nothing was written."));
                    return faults.Count == 0 && (preview.ToQueue == 0 || parsed.GetValue(dryRun)) ? ExitCodes.Success : ExitCodes.Failure;
                }

                var sales = faults.Count == 0 ? csv.Sales : [.. csv.Sales.Where(sale => !faults.ContainsKey(sale.Line))];
                var queued = await output.ShowProgressAsync(
                    "queued", sales.Count, progress => import.EnqueueAsync(sales, parsed.GetValue(actor)!, progress, stopping));
                output.Write(
                    preview.Document(queued),
                    console => console.Verbatim($"{TextFormat.Number(queued)} rows are QUEUED; the next upload run sends them."));
                return faults.Count == 0 ? ExitCodes.Success : ExitCodes.Failure;
            });
    }

    private static void WriteReading(CommandOutput output, FileInfo file, EnqueueFile csv, Currencies currencies)
    {
        foreach (var line in csv.Understood)
            output.WriteLine($"{file.Name}: {line}");
        foreach (var sale in csv.Sales.Take(MostSalesShown))
        {
            currencies.TryFind(sale.Currency, out var currency);
            var who = sale.ClickId is not null ? $"{sale.ClickKind} {sale.ClickId}" : "hashed identifiers alone";
            output.WriteLine($"line {sale.Line}: {TextFormat.Utc(sale.OccurredAt.UtcDateTime)}, {new Money(sale.AmountCents, currency)}, {who}, {sale.ExternalRef}");
        }

        foreach (var (line, warning) in csv.Warnings.Take(MostFaultsShown))
            output.WriteLine($"{file.Name}, line {line}: warning: {warning}");
        if (csv.Warnings.Count > MostFaultsShown)
            output.WriteLine($"and {TextFormat.Number(csv.Warnings.Count - MostFaultsShown)} more warnings");
    }

    private static int Refuse(CommandOutput output, FileInfo file, SortedDictionary<int, string> faults)
    {
        foreach (var (line, fault) in faults.Take(MostFaultsShown))
            output.WriteLine($"{file.Name}, line {line}: {fault}");
        if (faults.Count > MostFaultsShown)
            output.WriteLine($"and {TextFormat.Number(faults.Count - MostFaultsShown)} more lines");
        output.Write(
            new { queued = 0, faults = faults.Select(fault => new { line = fault.Key, fault = fault.Value }) },
            console =>
            {
                console.Verbatim($"Nothing was written: {TextFormat.Number(faults.Count)} faulty lines.");
                console.Verbatim($"Next: opsmantik enqueue --file {file.Name} --rejects refused.csv");
            });
        return ExitCodes.Unusable;
    }
}

/// <summary>The options for what a file does not say itself.</summary>
internal sealed class SalesOptions
{
    private readonly Option<string?> _site = SiteOption.Create("Site of lines that name none.");
    private readonly Option<string?> _currency = new("--currency") { Description = "Currency of lines that name none, as TRY." };
    private readonly Option<string?> _zone = new("--time-zone") { Description = "Zone of times that name none: Europe/Istanbul, or +03:00." };
    private readonly Option<string?> _decimal = new("--decimal") { Description = "comma or point, where amounts such as 1.234 leave it open." };
    private readonly Option<string?> _dateOrder = new("--date-order")
    {
        Description = "day-month or month-day, where dates such as 11/12/2026 leave it open.",
    };

    private readonly Option<string?> _country = new("--country") { Description = "Country of telephone numbers that name none: two letters, as TR." };
    private readonly Option<string?> _encoding = new("--encoding") { Description = "utf-8, utf-16, windows-1252, windows-1254, where the file's own look is wrong." };

    public SalesOptions()
    {
        _decimal.AcceptOnlyFromAmong("comma", "point");
        _dateOrder.AcceptOnlyFromAmong("day-month", "month-day");
        _zone.Validators.Add(result =>
        {
            try
            {
                if (result.Tokens is [{ Value: var name }])
                    SalesTimes.FindZone(name);
            }
            catch (FormatException exception)
            {
                result.AddError($"--time-zone: {exception.Message}");
            }
        });
        _currency.Validators.Add(result =>
        {
            if (result.Tokens is [{ Value: var code }] && !Currencies.Default.TryFind(code, out _))
                result.AddError($"--currency: {code} is no code of ISO 4217.");
        });
        _country.Validators.Add(result =>
        {
            if (result.Tokens is [{ Value: var country }] && (country.Length != 2 || !country.All(char.IsAsciiLetter)))
                result.AddError("--country: two letters, as TR.");
        });
    }

    public IEnumerable<Option> All => [_site, _currency, _zone, _decimal, _dateOrder, _country, _encoding];

    public async Task<SalesFileOptions> ReadAsync(IServiceProvider services, ParseResult parsed, CancellationToken stopping) => new(
        await _site.ReadAsync(services, parsed, stopping),
        parsed.GetValue(_currency),
        parsed.GetValue(_zone) is { } zone ? SalesTimes.FindZone(zone) : null,
        parsed.GetValue(_decimal) switch { "comma" => ',', "point" => '.', _ => null },
        parsed.GetValue(_dateOrder) is { } order ? order == "day-month" : null,
        parsed.GetValue(_country)?.ToUpperInvariant(),
        parsed.GetValue(_encoding));
}

/// <summary>What a file would do.</summary>
/// <param name="New">Sales to be written and queued.</param>
/// <param name="Unqueued">Confirmed sales that lack only their row.</param>
/// <param name="Refused">Lines that are not taken.</param>
/// <param name="AlreadyQueued">Rows that are in the queue already, by their status.</param>
internal sealed record EnqueuePreview(long New, long Unqueued, long Refused, IReadOnlyDictionary<string, long> AlreadyQueued)
{
    public long ToQueue => New + Unqueued;

    public static EnqueuePreview From(IReadOnlyList<CheckedSale> checks, int refused) => new(
        checks.LongCount(sale => sale.Result == SaleCheck.New),
        checks.LongCount(sale => sale.Result == SaleCheck.Unqueued),
        refused,
        checks.Where(sale => sale.Result == SaleCheck.AlreadyQueued)
            .CountBy(sale => sale.Status!)
            .OrderBy(pair => pair.Key, StringComparer.Ordinal)
            .ToDictionary(pair => pair.Key, pair => (long)pair.Value));

    public void WriteTo(CommandOutput output)
    {
        Line("new", New);
        Line("confirmed, but not queued", Unqueued);
        foreach (var (status, count) in AlreadyQueued)
            Line($"already there, {status}", count);
        Line("refused", Refused);

        void Line(string what, long count)
        {
            if (count > 0)
                output.WriteLine($"{TextFormat.Number(count),10}  {what}");
        }
    }

    public object Document(long queued) => new { queued, New, Unqueued, Refused, There = AlreadyQueued };
}
