namespace OpsMantik.Core.Providers.DataManager.Wire;

internal sealed record ErrorInfo(IReadOnlyList<ErrorCount?>? ErrorCounts);
