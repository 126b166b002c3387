namespace OpsMantik.Cli.Demo;

/// <summary>What the upload route answered, added up over its calls.</summary>
internal sealed record UploadCounts(int Processed, int Completed, int Failed, int Retry, int Submitted)
{
    public static UploadCounts operator +(UploadCounts left, UploadCounts right) => new(
        left.Processed + right.Processed,
        left.Completed + right.Completed,
        left.Failed + right.Failed,
        left.Retry + right.Retry,
        left.Submitted + right.Submitted);
}
