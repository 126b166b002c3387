using OpsMantik.Core.Providers;

namespace OpsMantik.Reliability.Simulation.Google;

/// <summary>A request that was accepted, what became of its conversions, and when that is known.</summary>
internal sealed record SimulatedRequest(string Id, IReadOnlyList<UploadOutcome> Outcomes, DateTimeOffset SettledAt);
