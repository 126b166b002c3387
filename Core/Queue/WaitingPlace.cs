namespace OpsMantik.Core.Queue;

/// <summary>A place in the order in which rows wait: when they are due (from the beginning, without a time), then their age.</summary>
internal readonly record struct WaitingPlace(DateTime DueAt, DateTime CreatedAt)
{
    /// <summary>Before every row: the driver's word for <c>-infinity</c>.</summary>
    public static readonly WaitingPlace First = new(DateTime.MinValue, DateTime.MinValue);
}
