namespace OpsMantik.Core.Providers.DataManager.Wire;

/// <summary>The body of a refused request.</summary>
internal sealed record RefusalBody(RefusalStatus? Error);
