namespace OpsMantik.Core.Status;

/// <summary>What became of rows in one hour.</summary>
/// <param name="Hour">Its beginning, UTC.</param>
public sealed record HourOutcome(DateTime Hour, long Completed, long Failed, long Retry);
