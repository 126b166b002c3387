using System.Data.Common;
using OpsMantik.Core.Database;

namespace OpsMantik.Core.Queue;

/// <summary>Writes a batch of which the database may refuse rows: it is divided until a refused row is alone.</summary>
internal static class DividedWrite
{
    // Beyond this it is not the rows that are refused. They wait, as for any database that is broken.
    private const int MostRefused = 20;

    /// <param name="writeAsync">Writes a part of the results. What it throws ends the whole, unless it is a refusal.</param>
    /// <returns>The rows that were refused, each with its SQLSTATE.</returns>
    public static async Task<IReadOnlyList<(Guid JobId, string State)>> WriteAsync(
        IReadOnlyList<JobResult> results, Func<IReadOnlyList<JobResult>, Task> writeAsync)
    {
        List<(Guid, string)> refused = [];
        var parts = new Stack<ArraySegment<JobResult>>([new([.. results])]);
        while (parts.TryPop(out var part))
        {
            try
            {
                await writeAsync(part);
            }
            catch (DbException exception) when (DatabaseErrors.IsRefusal(exception) && refused.Count < MostRefused)
            {
                if (part.Count <= 1)
                {
                    refused.AddRange(part.Select(result => (result.JobId, exception.SqlState!)));
                    continue;
                }

                parts.Push(part[(part.Count / 2)..]);
                parts.Push(part[..(part.Count / 2)]);
            }
        }

        return refused;
    }
}
