using System.CommandLine;
using Microsoft.Extensions.DependencyInjection;
using OpsMantik.Core.Operations;

namespace OpsMantik.Cli.Sales;

/// <summary><c>opsmantik enqueue</c>: sales of a file into the queue, after a check of every line.</summary>
internal static class EnqueueCommand
{
    private const int MostFaultsShown = 20;

    public static Command Create()
    {
        var file = new Option<FileInfo>("--file")
        {
            Description = $"CSV with a header: {string.Join(',', EnqueueFile.Columns)}.",
            Required = true,
        };
        var dryRun = new Option<bool>("--dry-run") { Description = "Look at every line, and write nothing." };
        var (actor, yes) = (ActorOption.Create(), YesOption.Create());
        return OperatorCommand.Create(
            "enqueue",
            "Puts confirmed sales into the queue that the dashboard did not. Looks at every line first, and asks; one faulty "
            + "line and nothing is written. A sale is known by its site and external_ref, so the same file may be given "
            + "again: what is there stays as it is.",
            ["opsmantik enqueue --file sales.csv --dry-run", "opsmantik enqueue --file sales.csv --yes --json"],
            [file, dryRun, actor, yes],
            async (services, parsed, output, stopping) =>
            {
                var source = parsed.GetValue(file)!;
                var csv = EnqueueFile.Read(source, services.GetRequiredService<TimeProvider>().GetUtcNow());
                var import = services.GetRequiredService<SalesImport>();
                var checks = await import.CheckAsync(csv.Sales, stopping);
                var faults = new SortedDictionary<int, string>(csv.Faults.ToDictionary());
                foreach (var sale in checks.Where(sale => sale.Fault is not null))
                    faults.TryAdd(sale.Line, sale.Fault!);
                if (faults.Count > 0)
                    return Refuse(output, source, faults);

                var preview = EnqueuePreview.From(checks);
                preview.WriteTo(output);
                if (parsed.GetValue(dryRun) || preview.ToQueue == 0
                    || !YesOption.Confirm(output, parsed.GetValue(yes), $"Put {TextFormat.Number(preview.ToQueue)} sales into the queue?"))
                {
                    output.Write(
                        preview.Document(0),
                        console => console.Verbatim(preview.ToQueue == 0 ? "Nothing to do." : "Nothing was written."));
                    return preview.ToQueue == 0 || parsed.GetValue(dryRun) ? ExitCodes.Success : ExitCodes.Failure;
                }

                var queued = await import.EnqueueAsync(csv.Sales, parsed.GetValue(actor)!, stopping);
                output.Write(
                    preview.Document(queued),
                    console => console.Verbatim($"{TextFormat.Number(queued)} rows are QUEUED; the next upload run sends them."));
                return ExitCodes.Success;
            });
    }

    private static int Refuse(CommandOutput output, FileInfo file, SortedDictionary<int, string> faults)
    {
        foreach (var (line, fault) in faults.Take(MostFaultsShown))
            output.WriteLine($"{file.Name}, line {line}: {fault}");
        if (faults.Count > MostFaultsShown)
            output.WriteLine($"and {TextFormat.Number(faults.Count - MostFaultsShown)} more lines");
        output.Write(
            new { queued = 0, faults = faults.Select(fault => new { line = fault.Key, fault = fault.Value }) },
            console => console.Verbatim($"Nothing was written: {TextFormat.Number(faults.Count)} faulty lines."));
        return ExitCodes.Unusable;
    }
}

/// <summary>What a file without faults would do.</summary>
/// <param name="New">Sales to be written and queued.</param>
/// <param name="Unqueued">Confirmed sales that lack only their row.</param>
/// <param name="AlreadyQueued">Rows that are in the queue already, by their status.</param>
internal sealed record EnqueuePreview(long New, long Unqueued, IReadOnlyDictionary<string, long> AlreadyQueued)
{
    public long ToQueue => New + Unqueued;

    public static EnqueuePreview From(IReadOnlyList<CheckedSale> checks) => new(
        checks.LongCount(sale => sale.Result == SaleCheck.New),
        checks.LongCount(sale => sale.Result == SaleCheck.Unqueued),
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

        void Line(string what, long count)
        {
            if (count > 0)
                output.WriteLine($"{TextFormat.Number(count),10}  {what}");
        }
    }

    public object Document(long queued) => new { queued, New, Unqueued, There = AlreadyQueued };
}
