using OpsMantik.Core.Providers;
using OpsMantik.Reliability.Simulation.Workers;

namespace OpsMantik.Reliability.Simulation.Google;

/// <summary>One request under one site's credentials.</summary>
internal sealed record Delivery(SimulatedRun Run, Guid SiteId, IReadOnlyList<Conversion> Conversions);
