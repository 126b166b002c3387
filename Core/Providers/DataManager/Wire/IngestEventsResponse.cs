namespace OpsMantik.Core.Providers.DataManager.Wire;

internal sealed record IngestEventsResponse(string? RequestId, IReadOnlyList<FieldWarning?>? FieldWarnings);
