using System.CommandLine;
using System.Globalization;
using Microsoft.Extensions.DependencyInjection;
using OpsMantik.Cli.Operator;
using OpsMantik.Core.Operations;

namespace OpsMantik.Cli.Enqueue;

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
        var (actor, yes) = (Actor.CreateOption(), Confirmed.CreateOption());
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

                var picture = Picture.Of(judged);
                picture.Say(answer);
                if (parsed.GetValue(dryRun) || picture.ToQueue == 0
                    || !Confirmed.Ask(answer, parsed.GetValue(yes), $"Put {Number(picture.ToQueue)} sales into the queue?"))
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

    private static int Refuse(Answer answer, FileInfo file, SortedDictionary<int, string> faults)
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
