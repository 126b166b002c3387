namespace OpsMantik.Core.Providers.DataManager.Wire;

/// <summary>IngestEventsRequest. Its <c>encoding</c> is for hashed user data, which we do not send.</summary>
internal sealed record IngestEventsRequest(IReadOnlyList<Destination> Destinations, IReadOnlyList<Event> Events);
