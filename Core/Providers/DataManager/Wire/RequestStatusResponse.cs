namespace OpsMantik.Core.Providers.DataManager.Wire;

/// <summary>RetrieveRequestStatusResponse.</summary>
internal sealed record RequestStatusResponse(IReadOnlyList<DestinationStatus?>? RequestStatusPerDestination);
