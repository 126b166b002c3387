namespace OpsMantik.Core.Providers.DataManager.Wire;

/// <param name="RecordCount">The events of the request.</param>
internal sealed record EventsIngestionStatus(long? RecordCount);
