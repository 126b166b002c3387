namespace OpsMantik.Reliability.Simulation.Store;

/// <summary>A (site, provider), in the database's order.</summary>
internal readonly record struct GroupKey(Guid SiteId, string ProviderKey);
