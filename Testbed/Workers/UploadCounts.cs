namespace OpsMantik.Testbed.Workers;

/// <summary>What one upload run says it did, in rows.</summary>
public sealed record UploadCounts(int Processed, int Completed, int Failed, int Retry, int Submitted);
