namespace OpsMantik.Core.Providers.DataManager.Wire;

/// <summary>google.rpc.Status.</summary>
internal sealed record RefusalStatus(string? Message, string? Status, IReadOnlyList<RefusalDetail?>? Details);
