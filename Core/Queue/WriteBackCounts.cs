namespace OpsMantik.Core.Queue;

/// <summary>Rows that a write-back really changed; fewer than handed in when the claim was no longer ours.</summary>
internal readonly record struct WriteBackCounts(int Changed, int Completed, int Failed, int Retry, int Submitted);
