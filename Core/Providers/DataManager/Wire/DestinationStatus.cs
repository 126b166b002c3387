namespace OpsMantik.Core.Providers.DataManager.Wire;

/// <param name="RequestStatus"><c>PROCESSING</c>, <c>SUCCESS</c>, <c>PARTIAL_SUCCESS</c> or <c>FAILED</c>.</param>
internal sealed record DestinationStatus(
    string? RequestStatus, ErrorInfo? ErrorInfo, EventsIngestionStatus? EventsIngestionStatus);
