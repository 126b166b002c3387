namespace OpsMantik.Reliability.Simulation.Google;

/// <summary>What the provider knows a conversion by.</summary>
internal readonly record struct Identity(Guid SiteId, string OrderId, string Click, DateTimeOffset Time);
