namespace OpsMantik.Benchmarks.Drain;

/// <summary>What one drain took of time and of this process's processor time, and what it allocated, in bytes.</summary>
internal sealed record DrainCost(TimeSpan Elapsed, TimeSpan Processor, long Allocated);
