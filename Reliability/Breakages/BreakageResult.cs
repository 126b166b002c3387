namespace OpsMantik.Reliability.Breakages;

/// <summary>What a detector said.</summary>
/// <param name="Name">The breakage's, or that of the run without any.</param>
/// <param name="Detector">Its command line.</param>
/// <param name="Told">The first thing it complained of; empty when it was content.</param>
/// <param name="AsExpected">A breakage was caught; without one, nothing was complained of.</param>
internal sealed record BreakageResult(string Name, string Detector, string Told, bool AsExpected, TimeSpan Took);
