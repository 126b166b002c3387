using System.CommandLine;
using Microsoft.Extensions.DependencyInjection;
using OpsMantik.Cli.Operator;
using OpsMantik.Core.Operations;

namespace OpsMantik.Cli.Rows;

/// <summary><c>opsmantik row</c>: one sale's way through the queue.</summary>
internal static class RowCommand
{
    public static Command Create()
    {
        var id = new Argument<Guid>("id") { Description = "The row's id, or the sale's." };
        var show = OperatorCommand.Create(
            "show",
            "What became of a sale: how it stands and what that means, its requests and Google's answers, its retries, the "
            + "batches of its site since it was queued, and what people did. Exit code 1 when it failed.",
            [
                "opsmantik row show 33333333-3333-3333-3333-333333333333",
                "opsmantik row show 33333333-3333-3333-3333-333333333333 --json",
            ],
            [],
            async (services, parsed, answer, stopping) =>
            {
                var wanted = parsed.GetValue(id);
                var life = await services.GetRequiredService<RowHistoryReader>().FindAsync(wanted, stopping)
                    ?? throw new OperatorException($"No row of the queue has the id {wanted}, and no row is of such a sale.");
                answer.Give(life, screen =>
                {
                    foreach (var line in RowWords.Of(life))
                        screen.Verbatim(line);
                });
                return life.Row.Status == "FAILED" ? ExitCodes.Failure : ExitCodes.Success;
            });
        show.Add(id);
        return new Command("row", "Looks at single rows of the queue.") { show };
    }
}
