using OpsMantik.Cli.Operator;
using OpsMantik.Core.Operations;

namespace OpsMantik.Cli.Enqueue;

/// <summary>What a faultless file would do.</summary>
/// <param name="New">Sales to be written and queued.</param>
/// <param name="Unqueued">Confirmed sales that lack only their row.</param>
/// <param name="There">Rows that are in the queue already, by their status.</param>
internal sealed record Picture(long New, long Unqueued, IReadOnlyDictionary<string, long> There)
{
    public long ToQueue => New + Unqueued;

    public static Picture Of(IReadOnlyList<CheckedSale> judged) => new(
        judged.LongCount(sale => sale.Verdict == SaleCheck.New),
        judged.LongCount(sale => sale.Verdict == SaleCheck.Unqueued),
        judged.Where(sale => sale.Verdict == SaleCheck.There)
            .CountBy(sale => sale.Status!)
            .OrderBy(pair => pair.Key, StringComparer.Ordinal)
            .ToDictionary(pair => pair.Key, pair => (long)pair.Value));

    public void Say(Answer answer)
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
