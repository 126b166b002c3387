namespace OpsMantik.Core.Runs;

/// <summary>What an upload run did, in rows that really changed: processed is the sum of the other four. Released rows are not among them.</summary>
public sealed record UploadSummary(int Processed, int Completed, int Failed, int Retry, int Submitted)
{
    public static readonly UploadSummary Nothing = new(0, 0, 0, 0, 0);

    public static UploadSummary operator +(UploadSummary left, UploadSummary right) => new(
        left.Processed + right.Processed,
        left.Completed + right.Completed,
        left.Failed + right.Failed,
        left.Retry + right.Retry,
        left.Submitted + right.Submitted);
}
