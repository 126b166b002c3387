namespace OpsMantik.Cli.Demo;

/// <summary>What the confirmation route answered, added up over its calls.</summary>
/// <param name="Requests">Requests settled; those that Google still processes are not among them.</param>
internal sealed record ConfirmCounts(int Requests, int Completed, int Failed, int Retry)
{
    public static readonly ConfirmCounts Nothing = new(0, 0, 0, 0);

    public static ConfirmCounts operator +(ConfirmCounts left, ConfirmCounts right) => new(
        left.Requests + right.Requests,
        left.Completed + right.Completed,
        left.Failed + right.Failed,
        left.Retry + right.Retry);
}
