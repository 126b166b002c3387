namespace OpsMantik.Core.Providers.DataManager.Wire;

/// <param name="RecordCount">How many events failed for the reason.</param>
/// <param name="Reason">A ProcessingErrorReason.</param>
/// <param name="RecordIndices">Which events of the request, from 0; since v1.9, and not always there.</param>
internal sealed record ErrorCount(long? RecordCount, string? Reason, IReadOnlyList<long>? RecordIndices);
