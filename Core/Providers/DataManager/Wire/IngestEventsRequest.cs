namespace OpsMantik.Core.Providers.DataManager.Wire;

/// <summary>IngestEventsRequest. Its <c>encoding</c> is for hashed user data, which we do not send.</summary>
/// <param name="ValidateOnly">True: looked at, and not taken in. Left out of an upload.</param>
internal sealed record IngestEventsRequest(
    IReadOnlyList<Destination> Destinations, IReadOnlyList<Event> Events, bool? ValidateOnly = null);
