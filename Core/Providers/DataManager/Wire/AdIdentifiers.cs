namespace OpsMantik.Core.Providers.DataManager.Wire;

/// <summary>Exactly one of the three.</summary>
internal sealed record AdIdentifiers(string? Gclid, string? Gbraid, string? Wbraid);
