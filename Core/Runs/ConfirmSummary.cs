namespace OpsMantik.Core.Runs;

/// <summary>What a confirm run did: requests asked about, and rows settled by outcome.</summary>
/// <param name="Checked">Requests asked about.</param>
/// <param name="Pending">Of these, requests not settled yet.</param>
public sealed record ConfirmSummary(int Checked, int Completed, int Failed, int Retry, int Pending)
{
    public static readonly ConfirmSummary Nothing = new(0, 0, 0, 0, 0);

    public static ConfirmSummary operator +(ConfirmSummary left, ConfirmSummary right) => new(
        left.Checked + right.Checked,
        left.Completed + right.Completed,
        left.Failed + right.Failed,
        left.Retry + right.Retry,
        left.Pending + right.Pending);
}
