using OpsMantik.Core.Queue;
using OpsMantik.Reliability.Simulation.Google;
using OpsMantik.Reliability.Simulation.Store;

namespace OpsMantik.Reliability.Simulation.Invariants;

/// <summary>
/// 1. Every queued row is in exactly one state; after a full drain each is terminal, COMPLETED only with its effect and
/// FAILED only for a reason.
/// </summary>
internal sealed class Conserved(World world) : Invariant(world)
{
    public override void Ended()
    {
        if (World.Store.Rows.Count != World.Sales.Count)
            Broken($"{World.Sales.Count} rows were queued and {World.Store.Rows.Count} are there");
        foreach (var row in World.Store.Rows.Where(row => IsLost(row, World)))
            Broken($"lost: sale {NumberOf(row)} ({World.Sales[row.Id].Nature}) is {row.Status} {row.ErrorCode} after {row.RetryCount} attempts");
    }

    public static bool IsLost(QueueRow row, World world) => row.Status switch
    {
        RowStatus.Completed => !world.Google.Has(world.Sales[row.Id]),
        RowStatus.Failed => !IsFair(row, world.Sales[row.Id].Nature),
        _ => true,
    };

    private static bool IsFair(QueueRow row, SaleNature nature) =>
        row.RetryCount >= RetryPolicy.MaxAttempts
        || (nature == SaleNature.Refused && row.ErrorCode == "EXPIRED_EVENT")
        || (nature == SaleNature.Unreadable && row.ErrorCode == ConversionReader.InvalidPayload)
        || row.ErrorCode is "INVALID_GRANT" or "CREDENTIALS_MISSING" or "CREDENTIALS_UNREADABLE";
}
