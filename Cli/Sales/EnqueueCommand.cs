using System.CommandLine;
using System.Globalization;
using Microsoft.Extensions.DependencyInjection;
using OpsMantik.Core.Operations;

namespace OpsMantik.Cli.Sales;

/// <summary><c>opsmantik enqueue</c>: sales of a file into the queue, after a look at every line.</summary>
internal static class EnqueueCommand
{
    private const int MostFaultsShown = 20;

    public static Command Create()
    {
        var file = new Option<FileInfo>("--file")
        {
            Description = $"CSV with a header: {string.Join(',', SalesCsv.Columns)}.",
            Required = true,
        };
        var dryRun = new Option<bool>("--dry-run") { Description = "Look at every line, and write nothing." };
        var (actor, yes) = (Actor.CreateOption(), ConfirmationPrompt.CreateOption());
        return OperatorCommand.Create(
            "enqueue",
            "Puts confirmed sales into the queue that the dashboard did not. Looks at every line first, and asks; one faulty "
            + "line and nothing is written. A sale is known by its site and external_ref, so the same file may be given "
            + "again: what is there stays as it is.",
            ["opsmantik enqueue --file sales.csv --dry-run", "opsmantik enqueue --file sales.csv --yes --json"],
            [file, dryRun, actor, yes],
            async (services, parsed, answer, stopping) =>
            {
                var source = parsed.GetValue(file)!;
                var csv = SalesCsv.Read(source, services.GetRequiredService<TimeProvider>().GetUtcNow());
                var import = services.GetRequiredService<SalesImport>();
                var judged = await import.CheckAsync(csv.Sales, stopping);
                var faults = new SortedDictionary<int, string>(csv.Faults.ToDictionary());
                foreach (var sale in judged.Where(sale => sale.Fault is not null))
                    faults.TryAdd(sale.Line, sale.Fault!);
                if (faults.Count > 0)
                    return Refuse(answer, source, faults);

                var picture = ImportPreview.Of(judged);
                picture.Say(answer);
                if (parsed.GetValue(dryRun) || picture.ToQueue == 0
                    || !ConfirmationPrompt.Ask(answer, parsed.GetValue(yes), $"Put {Number(picture.ToQueue)} sales into the queue?"))
                {
                    answer.Give(
                        picture.Document(0),
                        screen => screen.Verbatim(picture.ToQueue == 0 ? "Nothing to do." : "Nothing was written."));
                    return picture.ToQueue == 0 || parsed.GetValue(dryRun) ? ExitCodes.Success : ExitCodes.Failure;
                }

                var queued = await import.EnqueueAsync(csv.Sales, parsed.GetValue(actor)!, stopping);
                answer.Give(
                    picture.Document(queued),
                    screen => screen.Verbatim($"{Number(queued)} rows are QUEUED; the next upload run sends them."));
                return ExitCodes.Success;
            });
    }

    private static int Refuse(CommandOutput answer, FileInfo file, SortedDictionary<int, string> faults)
    {
        foreach (var (line, fault) in faults.Take(MostFaultsShown))
            answer.Say($"{file.Name}, line {line}: {fault}");
        if (faults.Count > MostFaultsShown)
            answer.Say($"and {Number(faults.Count - MostFaultsShown)} more lines");
        answer.Give(
            new { queued = 0, faults = faults.Select(fault => new { line = fault.Key, fault = fault.Value }) },
            screen => screen.Verbatim($"Nothing was written: {Number(faults.Count)} faulty lines."));
        return ExitCodes.Unusable;
    }

    internal static string Number(long number) => number.ToString("N0", CultureInfo.InvariantCulture);
}

/// <summary>What a faultless file would do.</summary>
/// <param name="New">Sales to be written and queued.</param>
/// <param name="Unqueued">Confirmed sales that lack only their row.</param>
/// <param name="There">Rows that are in the queue already, by their status.</param>
internal sealed record ImportPreview(long New, long Unqueued, IReadOnlyDictionary<string, long> There)
{
    public long ToQueue => New + Unqueued;

    public static ImportPreview Of(IReadOnlyList<CheckedSale> judged) => new(
        judged.LongCount(sale => sale.Verdict == SaleCheck.New),
        judged.LongCount(sale => sale.Verdict == SaleCheck.Unqueued),
        judged.Where(sale => sale.Verdict == SaleCheck.There)
            .CountBy(sale => sale.Status!)
            .OrderBy(pair => pair.Key, StringComparer.Ordinal)
            .ToDictionary(pair => pair.Key, pair => (long)pair.Value));

    public void Say(CommandOutput answer)
    {
        Line("new", New);
        Line("confirmed, but not queued", Unqueued);
        foreach (var (status, count) in There)
            Line($"already there, {status}", count);

        void Line(string what, long count)
        {
            if (count > 0)
                answer.Say($"{EnqueueCommand.Number(count),10}  {what}");
        }
    }

    public object Document(long queued) => new { queued, New, Unqueued, There };
}
